"""Forms with fields that a diagram draws (`camunda:formData`); door: `generated`."""
