*** Settings ***
Suite Setup       Fail    no database

*** Test Cases ***
Needs The Setup
    No Operation
