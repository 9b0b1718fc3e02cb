Written by hand in the form that the file exporter of the OpenTelemetry collector writes; the outputs in it are those of go 1.26.
