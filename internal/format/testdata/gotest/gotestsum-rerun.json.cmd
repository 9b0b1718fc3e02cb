gotestsum v1.13.0, go1.26.8: gotestsum --rerun-fails --packages ./price --jsonfile rerun.json
