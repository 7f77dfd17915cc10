"""Messages to recipients: rendering, e-mail, Zalo, any Apprise URL, and the errors they end in."""
