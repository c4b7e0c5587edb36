package store

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// more is the field of an entry that holds others.
var more = (*journalv1.Entry)(nil).ProtoReflect().Descriptor().Fields().ByName("more").Number()

// pack adds an entry to packed ones: together they are an entry that holds others, and nothing else.
func pack(packed, entry []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(packed, more, protowire.BytesType), entry)
}

// unpack reads the entries that were packed, each with its bytes.
func unpack(packed []byte, read func(e *journalv1.Entry, body []byte)) error {
	for len(packed) > 0 {
		field, kind, n := protowire.ConsumeTag(packed)
		if n < 0 || field != more || kind != protowire.BytesType {
			return fmt.Errorf("%w: no entry is at the place of one", errDamaged)
		}
		body, m := protowire.ConsumeBytes(packed[n:])
		if m < 0 {
			return fmt.Errorf("%w: an entry ends early", errDamaged)
		}
		e := &journalv1.Entry{}
		if err := proto.Unmarshal(body, e); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		read(e, body)
		packed = packed[n+m:]
	}
	return nil
}
