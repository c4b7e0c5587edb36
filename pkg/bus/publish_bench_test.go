package bus_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A broker in the same process takes each publish, so that what it does is part of the figures.

func ordinary(i int64) bus.Post {
	m := &messagev1.Message{
		Id: fmt.Sprintf("%032x", i), Network: "testnet", Channel: "ch1", Contact: &messagev1.Contact{Address: fmt.Sprintf("p%d", i%1000)},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: "hola, ¿qué tal?"}}},
	}
	return bus.Post{
		Subject: topology.MessageSubject("testnet", "ch1", m.GetContact().GetAddress()), ID: topology.MessageKey(m),
		Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	}
}

func BenchmarkPublish(b *testing.B) {
	s := bustest.Start(b, "testnet")
	c := s.Connect("bench")
	var n atomic.Int64
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Publish(b.Context(), ordinary(n.Add(1))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("many at once", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := c.Publish(b.Context(), ordinary(n.Add(1))); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
	b.Run("later", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := c.PublishLater(b.Context(), ordinary(n.Add(1)))(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

func BenchmarkRecord(b *testing.B) {
	s := bustest.Start(b, "testnet")
	c := s.Connect("bench")
	state := &indexv1.State{Network: "testnet", Address: "p1", Parts: make([]eventv1.Status, 1)}
	i := 0
	b.Run("create", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			i++
			if _, err := c.Create(b.Context(), topology.StateSubject("ch1", fmt.Sprint(i)), state, record.Keep); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		var found indexv1.State
		for b.Loop() {
			if _, err := c.Read(b.Context(), topology.StateSubject("ch1", fmt.Sprint(i)), &found); err != nil {
				b.Fatal(err)
			}
		}
	})
}
