"""Who gets what of a sale, when, and what comes back; statements, payouts, deposits."""
