"""Where do facts rest, and how are those found that a question is about?"""
