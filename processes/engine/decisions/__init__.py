"""Decision tables (DMN): compiled and evaluated without SpiffWorkflow. Door: `tables`."""
