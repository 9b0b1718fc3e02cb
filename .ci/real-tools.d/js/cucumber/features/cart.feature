Feature: Cart

  Background:
    Given a cart

  Scenario: Adds
    When I add 1 and 1
    Then the sum is 2

  Scenario: Breaks
    When I add 1 and 1
    Then the sum is 3

  Scenario: Is not written
    When I pay by card

  Scenario: Waits
    When the till is not ready

  Scenario: Flaps
    When it works the second time

  Scenario Outline: Times
    When I add <a> and <b>
    Then the sum is <sum>

    Examples:
      | a | b | sum |
      | 1 | 2 | 3   |
      | 2 | 2 | 5   |
