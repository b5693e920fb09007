"""Tasks and cases of every role (/taken, /zaken), and the registration of a company."""
