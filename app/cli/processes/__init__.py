"""Commands about process definitions: check, deploy, export, permissions, scenarios."""
