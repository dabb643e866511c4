"""One arm: survival curves and what is read off them."""
