"""A provider's pages under /aanbod: overview, edit, publish, end, delete, bulk actions."""
