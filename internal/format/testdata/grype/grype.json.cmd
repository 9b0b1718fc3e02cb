written after the documentation and source of Grype 0.74 (grype/presenter/models), not run: its database is not at hand
