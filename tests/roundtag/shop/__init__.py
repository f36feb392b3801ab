"""A shop of spares told by plain dictionaries, beside the product: the model of the random
sequences in test_stock_machine.py and stock_soak.py.

`doors` deliver a form by phone, browser or command; `acts` holds what people do, each registered by
`@act`; `rig` opens a database for one sequence; `oracle` compares everything after every step.
"""
