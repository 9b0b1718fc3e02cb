written after the documentation and source of Trivy 0.50 (pkg/types/report.go), not run: its database is not at hand
