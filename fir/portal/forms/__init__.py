"""Forms: what a page asks for, and how each question is worded. They translate, and judge nothing:
what is wrong with an answer is said by the parsers and rules on the floors below."""
