"""What the sections show, already written out: one file a section."""
