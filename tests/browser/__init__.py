"""The portal in Chromium, on the demo world: what people do there, and how every page behaves.

`crawl` follows every link as each of the demo's people, `look` says what is wrong with a page that
stands in the browser, `acts` does what people do by labels and roles alone. Nothing here uses the
ORM: Playwright keeps an event loop running in the thread, in which Django refuses to.
"""
