"""When mail is due: about tasks, end dates, kept searches and security; door: `notices`."""
