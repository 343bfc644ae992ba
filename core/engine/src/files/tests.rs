//! The file system against a simple model, its limits, and kills.
