the file about the session that cline, version 3.0.65, keeps beside the messages
