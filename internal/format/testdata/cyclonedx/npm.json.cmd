npm 11.19.1: npm sbom --sbom-format cyclonedx
