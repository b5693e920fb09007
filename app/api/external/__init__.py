"""The API for workers outside, by the protocol of Camunda 7's external tasks (/engine-rest)."""
