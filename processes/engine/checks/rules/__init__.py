"""The rules of the deployment checks, one function each, registered by decorators of `rule`."""
