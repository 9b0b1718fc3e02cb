written after the documentation and source of OSV-Scanner 1.9 (pkg/models/results.go), not run: osv.dev is not at hand
