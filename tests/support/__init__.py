"""What several folders of tests share. It holds no tests and knows no secrets of the modules under test."""
