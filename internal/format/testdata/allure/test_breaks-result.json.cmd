allure-pytest 2.16.2: pytest --alluredir=allure-results
