"""What was pre-specified and published: one strict YAML file a study."""
