package customchannel_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

func BenchmarkDecodeSend(b *testing.B) {
	body := []byte(`{"channelId":"k7m2q9x4t8w1zb","contactId":"ana","message":{"type":"text","text":"¿Está abierto el sábado por la mañana? Quiero pasar a recoger el pedido antes de las once."}}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := customchannel.DecodeSend(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodePost(b *testing.B) {
	for name, event := range map[string]customchannel.Event{
		"message": {Type: customchannel.EventMessage, MID: "abcdefghijklmnopqrstuvwxyz", Timestamp: 1718000000123, Message: &customchannel.Message{Type: customchannel.TypeText, Text: "Sí, hasta las dos."}},
		"status":  {Type: customchannel.EventStatus, MID: "0190a5b4c3d27e8f9a0b1c2d3e4f5a6b", Timestamp: 1718000000123, Status: &customchannel.Status{Value: customchannel.StatusSent}},
	} {
		post := &customchannel.Post{ChannelID: "k7m2q9x4t8w1zb", ContactID: "ana", Events: []customchannel.Event{event}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := customchannel.EncodePost(post, customchannel.Custom); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
