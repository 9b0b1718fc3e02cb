pytest 7.2.1: pytest --junitxml=pytest.xml -o junit_family=xunit1; the body and the teardown of test_teardown fail, which pytest writes as two cases
