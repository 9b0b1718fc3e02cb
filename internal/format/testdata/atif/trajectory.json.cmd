Written by hand in the form that Harbor writes (schema_version ATIF-v1.6); the outputs in it are those of go 1.26.
