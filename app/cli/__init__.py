"""The command line `loket`. Door: `main`."""
