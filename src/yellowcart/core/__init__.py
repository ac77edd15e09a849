"""Clock, money, ids, outbox, problem details, embedded PostgreSQL: no word of the business."""
