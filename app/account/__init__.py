"""What anybody who logs in finds about themselves: everything that is kept, as an export."""
