written after surefire-test-report-3.0.xsd and its documentation of rerunFailingTestsCount=2, not run: no Maven registry at hand
