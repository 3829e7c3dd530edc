"""Refund bot: answers customers who want their money back."""
