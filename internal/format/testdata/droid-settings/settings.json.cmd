the settings that droid exec, version 0.215.0, keeps beside a session
