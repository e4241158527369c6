"""Every sentence that the product says, one module a surface; no I/O.

They are short, friendly and honest about money. What a person wrote is escaped before it is shown.
"""
