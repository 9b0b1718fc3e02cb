the messages of session.json in the rows that newer versions append
