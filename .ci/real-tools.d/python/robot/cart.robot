*** Settings ***
Documentation     A cart.

*** Test Cases ***
Adds
    Should Be Equal    ${1}    ${1}

Breaks
    Should Be Equal    ${1}    ${2}    the sum is wrong

Later
    [Tags]    robot:skip
    Fail    not yet

Known
    Skip    needs a till

Is Skipped When It Fails
    [Tags]    robot:skip-on-failure
    Fail    no till

Tears Down
    No Operation
    [Teardown]    Fail    the till is stuck

Times
    FOR    ${n}    IN    1    2
        Should Be Equal    ${n}    1
    END
