// Package webhooktest throws the calls of strangers at a policy: whatever they send, refusing it costs a small multiple
// of its bytes.
package webhooktest

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// What a refused call may allocate: so many bytes for each of its body and of its head, and these besides.
const (
	perBody = 8
	perHead = 64
	base    = 256 << 10
)

// Sizes of bodies in bytes: one that shows what each byte costs, one that shows what a call does.
var sizes = []int{128 << 10, 2000}

// RefusalsAreCheap judges calls of every hostile shape by the policy, their credentials well-formed and false. None may
// be admitted, and none may allocate more than a small multiple of its bytes. Other goroutines must not allocate
// meanwhile: call it in a test that is not parallel.
func RefusalsAreCheap(t testing.TB, p webhook.Policy, s webhook.Secrets) {
	t.Helper()
	for _, c := range calls(p.Verify) {
		c.AcceptedAt = time.Unix(now, 0)
		for _, c.Method = range append([]string{"POST"}, p.Methods...) {
			c.Header.Set("Content-Type", "application/json"+strings.Repeat("; a=b", 6000))
			judge(t, p, c, s, "nothing")
			for _, size := range sizes {
				for _, shape := range shapes {
					c.Body = shape.of(int(min(p.Limit(), int64(size))))
					for _, kind := range []string{"application/json", "application/x-www-form-urlencoded; charset=UTF-8"} {
						c.Header.Set("Content-Type", kind)
						judge(t, p, c, s, shape.name)
					}
				}
			}
			c.Body = nil
		}
	}
}

// judge has one call judged.
func judge(t testing.TB, p webhook.Policy, c webhook.Call, s webhook.Secrets, name string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	head, cause := p.CheckHead(c, s), p.Check(c, s)
	runtime.ReadMemStats(&after)
	if cause == webhook.Authentic {
		t.Errorf("%s of type %q: admitted", name, c.Header.Get("Content-Type"))
	}
	if head != webhook.Authentic && head != cause && head != webhook.Encoded {
		t.Errorf("%s of type %q: %q by its head, %q by its body", name, c.Header.Get("Content-Type"), head, cause)
	}
	used, allowed := after.TotalAlloc-before.TotalAlloc, uint64(base+perBody*len(c.Body)+perHead*length(c))
	if used > allowed {
		t.Errorf("%s of type %q: %d bytes allocated for a body of %d, more than %d", name, c.Header.Get("Content-Type"), used, len(c.Body), allowed)
	}
}

// length is how many bytes the head of a call has.
func length(c webhook.Call) int {
	n := len(c.URL) + len(c.Query) + len(c.Suffix)
	for name, values := range c.Header {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}
