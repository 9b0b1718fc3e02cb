written after pkgs/test/doc/json_reporter.md of dart-lang/test (protocol 0.1.1), not run: no Dart at hand
