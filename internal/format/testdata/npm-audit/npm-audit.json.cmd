written after the documentation and source of npm 11 (npm-audit-report, audit report version 2), not run: the registry at hand has no advisories
