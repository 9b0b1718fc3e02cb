written by hand: every member of the schema that DecodeManifest documents
