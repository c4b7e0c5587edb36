package console

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// choice chooses failures, by the parameters of an address or of a form.
type choice struct {
	// Since is one of [sinces]; "all" for any time.
	Since string
	// Channel, Reason (its code), Fault and Kind (words of the enumerations) and Key (a message's id or a letter's key) choose
	// where they are not "".
	Channel, Reason, Fault, Kind, Key string
	// Contact is the key of one; "" for any.
	Contact string
	// Keys are exactly those that are meant; none for any.
	Keys []string
	// Number is that of a dead letter; 0 for any.
	Number uint64
}

// mostKeys is how many can be chosen one by one, as many as the API takes.
const mostKeys = 1000

// sinces are the times that can be chosen, and how long each is.
var sinces = map[string]time.Duration{"1h": time.Hour, "24h": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "all": 0}

// readChoice reads one; what is no word of an enumeration is "".
func readChoice(v url.Values, since string) (c choice) {
	c = choice{Since: cmp.Or(v.Get("since"), since), Channel: v.Get("channel"), Reason: v.Get("reason"), Key: v.Get("key")}
	if _, ok := sinces[c.Since]; !ok {
		c.Since = since
	}
	if numberOf(reasonv1.Fault(0).Descriptor(), v.Get("fault")) != 0 {
		c.Fault = v.Get("fault")
	}
	if numberOf(controlv1.FailureKind(0).Descriptor(), v.Get("kind")) != 0 {
		c.Kind = v.Get("kind")
	}
	if contactKey.MatchString(v.Get("contact")) {
		c.Contact = v.Get("contact")
	}
	c.Keys = v["keys"][:min(len(v["keys"]), mostKeys)]
	c.Number, _ = strconv.ParseUint(v.Get("number"), 10, 64)
	return c
}

// numberOf is the value of an enumeration with this word; 0 for none.
func numberOf(e protoreflect.EnumDescriptor, word string) protoreflect.EnumNumber {
	for i := 1; i < e.Values().Len(); i++ {
		if n := e.Values().Get(i).Number(); terms.WordOf(e, n) == word {
			return n
		}
	}
	return 0
}

// filter is the choice as the API takes it.
func (c choice) filter(now time.Time) *controlv1.FailureFilter {
	f := &controlv1.FailureFilter{
		Channel: c.Channel, Reason: c.Reason, Key: c.Key, Number: c.Number, Contact: c.Contact, Keys: c.Keys,
		Fault: reasonv1.Fault(numberOf(reasonv1.Fault(0).Descriptor(), c.Fault)), Kind: controlv1.FailureKind(numberOf(controlv1.FailureKind(0).Descriptor(), c.Kind)),
	}
	if d := sinces[c.Since]; d > 0 {
		f.Since = timestamppb.New(now.Add(-d))
	}
	return f
}

// values are the parameters of the choice.
func (c choice) values() url.Values {
	v := url.Values{"since": {c.Since}}
	for name, value := range map[string]string{"channel": c.Channel, "reason": c.Reason, "fault": c.Fault, "kind": c.Kind, "key": c.Key, "contact": c.Contact} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(c.Keys) > 0 {
		v["keys"] = c.Keys
	}
	if c.Number > 0 {
		v.Set("number", strconv.FormatUint(c.Number, 10))
	}
	return v
}

// flags are the choice on the command line.
func (c choice) flags() (s string) {
	if c.Since != "all" {
		s += " --since " + c.Since
	}
	for _, f := range []struct{ name, value string }{{"channel", c.Channel}, {"reason", c.Reason}, {"fault", c.Fault}, {"kind", c.Kind}, {"key", c.Key}, {"contact", c.Contact}} {
		if f.value != "" && plain.MatchString(f.value) {
			s += " --" + f.name + " " + f.value
		}
	}
	for _, key := range c.Keys {
		if plain.MatchString(key) {
			s += " --id " + key
		}
	}
	return s
}

// wordsOf are the words of an enumeration, without that for what is not known.
func wordsOf(e protoreflect.EnumDescriptor) (all []string) {
	for i := 1; i < e.Values().Len(); i++ {
		all = append(all, terms.WordOf(e, e.Values().Get(i).Number()))
	}
	return all
}
