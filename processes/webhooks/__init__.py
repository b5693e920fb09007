"""Outgoing webhooks: allowed addresses, the events that go there, and how a message is signed.

Doors: `addresses` (what an operator does), `events` (tell that something happened), `messages` (the
CloudEvent of a delivery with its signature), `destinations` (where a message may go).
"""
