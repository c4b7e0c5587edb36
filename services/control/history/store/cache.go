package store

// cacheSize is how many rows of messages the writer keeps at hand: entries of one message come close together as a rule.
const cacheSize = 16 << 10

// cache keeps the rows that were used last: at least cacheSize of them, at most twice as many.
type cache struct{ young, old map[rowKey]*row }

func newCache() *cache { return &cache{young: map[rowKey]*row{}} }

func (c *cache) get(k rowKey) *row {
	if r := c.young[k]; r != nil {
		return r
	}
	r := c.old[k]
	if r != nil {
		c.put(k, r)
	}
	return r
}

func (c *cache) put(k rowKey, r *row) {
	if len(c.young) >= cacheSize {
		c.young, c.old = map[rowKey]*row{}, c.young
	}
	c.young[k] = r
}

func (c *cache) drop(k rowKey) {
	delete(c.young, k)
	delete(c.old, k)
}
