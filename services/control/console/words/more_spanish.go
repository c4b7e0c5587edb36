package words

var spanishFailures = Failures{
	Title: "Fallidos", None: "No ha fallado nada de lo elegido arriba.", Since: "Desde hace", Fault: "De quién depende", Kind: "Cómo se sabe", Any: "todos", Choose: "Mostrar",
	ByReason: "Por motivo", OneByOne: "Uno por uno",
	Total: "%d en total", Resent: Plural{"1 más falló y se reenvió", "%s más fallaron y se reenviaron"}, ResentTitle: "Fallaron y se reenviaron", ResentAt: "Reenviado", Stands: "Cómo está ahora",
	NoneResent: "No se ha reenviado nada de lo elegido arriba.", SeeLetter: "ver lo guardado", NothingChosen: "No se ha elegido nada que reenviar: marque al menos un motivo.",
	Count: "Veces", Why: "Motivo", Whose: "De quién depende", Do: "Qué hacer", Channels: "Canales", Last: "Último", Example: "Ejemplo", Pick: "Elegir", Time: "Hora",
	Message: "Mensaje", Letter: "Lo guardado", Channel: "Canal", Preview: "Ver qué pasaría al reenviar lo elegido", PreviewHint: "No cambia nada todavía.",
	Sinces:        map[string]string{"1h": "1 hora", "24h": "24 horas", "7d": "7 días", "all": "siempre"},
	AdviceContact: "Avisar al contacto por otro medio; reenviar cuando pueda recibir.", AdviceAgent: "Que el agente lo escriba de otra forma.",
	AdviceSetup: "Corregir la configuración y después reenviar.", AdviceNetwork: "Reenviar cuando la red responda.",
	AdvicePuente: "Mirar el motivo; suele bastar con reenviar.", AdviceUnreadable: "Mirar su estructura; cuando el decodificador la entienda, leerla otra vez.",
}

var spanishReplay = Replay{
	Preview: "Qué pasaría al reenviar", Done: "Qué ha sido de cada uno", NothingChanged: "No se ha cambiado nada todavía.", Result: "Resultado", NothingFits: "Nada coincide con lo elegido.",
	Go: "Reenviar", Reason: "Por qué (queda en el registro)", ReasonHint: "Como máximo 200 caracteres.", Twice: "Ver qué pasaría al reenviar también los que la red ya aceptó una vez",
	TwiceHint: "El contacto puede recibirlos dos veces.", Once: "No reenviar los que la red ya aceptó", Back: "Volver a los fallidos", Message: "Mensaje", Why: "Motivo",
	TooMany: "como máximo %d motivos a la vez", Contacts: "Contactos: %d.", MayTwice: "Pueden llegar dos veces: %d.",
	More: "y %d más", NotRead: "Su rol permite mirar, no reenviar.",
	Before: "Por qué falló antes", Waits: "En espera en %s:", WouldWait: "Esperaría en %s:",
}

var spanishLetter = Letter{
	Title: "No entregado, número %d",
	What:  "Qué es", Key: "Clave", Service: "Servicio que lo dio por perdido", Trace: "Traza", Message: "Mensaje", Blanked: "Su estructura; los valores se omiten", Whole: "Todo lo que contiene",
	Cut: "Es más largo: se ha cortado el resto.", Show: "Mostrar el contenido", ShowHint: "Queda en el registro quién lo ha mirado.", Discard: "Descartarlo para siempre", Confirm: "Por qué (queda en el registro)",
	Discarded: "Descartados para siempre: %d.", SendAgain: "Ver qué pasaría al reenviarlo",
	DiscardHint: "Antes se pregunta, y hace falta un motivo.", Sure: "¿Descartarlo para siempre?", SureHint: "Después ya no se puede reenviar ni leer otra vez, y no hay cómo recuperarlo.", ConfirmHint: "Hace falta; como máximo 200 caracteres.", Leave: "No, dejarlo como está",
}

var spanishAct = Act{
	Title: "Acciones", Pause: "Pausar", ForHowLong: "Durante", Reason: "Por qué", Resume: "Reanudar", Check: "Preguntar a la red", CheckHint: "Si las credenciales valen y el webhook está registrado. No cambia nada.",
	Register: "Registrar el webhook", RegisterHint: "La red llamará a este puente desde entonces.", PauseHint: "Lo que se escriba espera, en orden; nada se pierde, pero sigue caducando.", NeedsWrite: "Su rol permite mirar, no cambiar.",
	Paused: "El canal está en pausa: lo que hay que enviar espera, en orden.", Resumed: "El canal sigue.", NotPaused: "El canal no estaba en pausa.",
	AllGood: "La red dice que todo está bien.", NotGood: "La red dice que algo está mal.", Good: "bien", Bad: "mal", Answer: "Lo que dice la red",
	NotAll: "Lo que se puede comprobar está bien. El resto no se puede comprobar desde aquí: un mensaje lo dirá.", NothingToAsk: "Nada de esto se puede comprobar desde aquí: un mensaje dirá si funciona.",
	NoAnswer: "La red no ha contestado a todo: cómo está lo demás no se sabe.", Unknown: "no se puede comprobar", ByHand: "a mano",
	RegisterByHand: "El webhook se registra a mano en la red. Qué hace falta y su documentación, en:",
	ChangePause:    "Cambiar la pausa", ChangePauseHint: "Más larga, más corta o por otro motivo, sin reanudar entre medias.", Minutes: "o minutos", PauseChanged: "La pausa se ha cambiado.", PauseOver: "La pausa ya había terminado: no se ha cambiado nada.",
	AsItIs: "como está: hasta %s", AsItIsOpen: "como está: hasta que se reanude", FromNow: "%s desde ahora", WrongTime: "La pausa dura de 1 a %d minutos, y termina después de ahora. No se ha cambiado nada.",
	For:  map[string]string{"5m": "5 minutos", "10m": "10 minutos", "15m": "15 minutos", "30m": "30 minutos", "1h": "1 hora", "4h": "4 horas", "24h": "24 horas", "": "hasta que se reanude"},
	What: map[string]string{"credentials": "credenciales", "webhook": "webhook", "waiting": "en espera", "last_error": "último error", "platform": "plataforma", "todo": "por hacer"},
}

var spanishCalls = Calls{
	Title: "Llamadas de las redes", Hint: "Cada llamada se guarda como vino y aquí se lee con el decodificador de hoy. Lo que una llamada contiene no se muestra.",
	Network: "Red", Since: "Desde hace", OnlyUnreadable: "Solo las ilegibles", Show: "Mostrar", None: "Ninguna llamada en este tiempo.", NoNetwork: "No hay ningún canal todavía.",
	Number: "Número", Time: "Hora", Channel: "Canal", Size: "Tamaño", Messages: "Mensajes", Known: "Conocidos", Receipts: "Confirmaciones", Unreadable: "Ilegibles", Error: "Error",
	Stored: "Llamadas guardadas", Kept: "Ilegibles que se guardan", KeptHint: "Su estructura se ve con los valores en blanco.", Again: "Leer otra vez con el decodificador de hoy", AgainHint: "Lo que ya se conoce no se crea dos veces.",
	Dry: "Ver qué pasaría", Really: "Leerlas otra vez", Reason: "Por qué (queda en el registro)", Next: "Más nuevas", Structure: "ver estructura",
	Would: "Qué pasaría", Made: "Qué ha pasado",
	SumCalls: Plural{"1 llamada", "%s llamadas"}, SumNew: Plural{"1 mensaje nuevo", "%s mensajes nuevos"}, SumKnown: Plural{"1 conocido", "%s conocidos"}, SumReceipts: Plural{"1 confirmación", "%s confirmaciones"},
	SumReadable: Plural{"1 que no se podía leer ahora sí", "%s que no se podían leer ahora sí"}, SumNot: Plural{"1 no se puede leer", "%s no se pueden leer"},
	Refused: "Rechazadas", RefusedHint: "Lo que el lado público no aceptó. Lo que escribió quien llamaba no se guarda.", RefusedSince: "Contadas desde %s.", RefusedBy: "Llamaba", Times: "Veces", LastTime: "Última", Cause: "Por qué y qué hacer", Sample: "Una de ellas, sin valores", Headers: "Cabeceras", NoChannel: "ninguno", Unread: "su cuerpo no se leyó", NoneRefused: "No se ha rechazado nada.", RefusedUnknown: "Ningún proceso del lado público responde.",
}

var spanishAudit = Audit{
	Title: "Registro de acciones", Hint: "Quién cambió qué, quién miró contenido y qué se rechazó. Lo más nuevo primero.", Actor: "Quién", Target: "Sobre qué", Show: "Mostrar", None: "No hay nada de lo elegido arriba.",
	Time: "Hora", Who: "Quién", What: "Qué", About: "Sobre qué", Detail: "Detalle", Outcome: "Resultado", Reason: "Motivo dado", From: "Desde", Next: "Más antiguas",
	Done: "hecho", NotDone: "sin efecto: no se hizo nada", Begun: "empezado", BrokeOff: "interrumpido, puede haberse hecho en parte", Refused: "rechazado", Unknown: "una llamada",
	Codes: map[string]string{
		"permission_denied": "su rol no lo permite", "unauthenticated": "sin un token válido", "invalid_argument": "lo que se pide no es posible", "not_found": "no existe",
		"already_exists": "ya existe", "failed_precondition": "ahora no es posible", "resource_exhausted": "demasiado a la vez", "unimplemented": "no existe esa llamada",
		"canceled": "el puente se paró", "deadline_exceeded": "no terminó a tiempo", "unavailable": "una parte no respondía", "internal": "un error del puente", "unknown": "un error", "aborted": "cambió a la vez",
	},
	Looked: "solo visto", Looks: map[string]string{"ReplayFailures": "ver qué se reenviaría", "DiscardFailures": "ver qué se descartaría", "ReplayCalls": "ver qué se leería otra vez", "ChangeChannel": "ver qué se cambiaría"},
	Procedures: map[string]string{
		"PauseChannel": "pausar", "ResumeChannel": "reanudar", "RegisterChannel": "registrar webhook", "Apply": "aplicar configuración", "ShowDeadLetter": "mirar un guardado",
		"ReplayFailures": "reenviar", "DiscardFailures": "descartar", "ReplayCalls": "leer llamadas otra vez", "CheckChannel": "preguntar a la red", "AddChannel": "añadir un canal",
		"TryChannel": "preguntar por credenciales nuevas", "ChangeChannel": "cambiar un canal", "RemoveChannel": "quitar un canal",
	},
	Details: map[string]string{
		"dry run":             "sin cambiar nada: solo ver",
		"reason *":            "motivo %s",
		"nothing fitted":      "nada coincidía",
		"# would go":          "se enviarían",
		"# taken":             "enviados",
		"# on their way":      "en camino",
		"# wait":              "esperan",
		"# failed again":      "han vuelto a fallar",
		"# not needed":        "no hacía falta",
		"# left out":          "no se incluyen",
		"# stay":              "se quedan",
		"# letters":           "descartados",
		"network not asked":   "sin preguntar a la red",
		"change":              "la pausa que había",
		"all":                 "todos",
		"by reason":           "elegidos por motivo",
		"channels may go":     "se pueden retirar canales",
		"duplicates accepted": "aunque lleguen dos veces",
		"until it is resumed": "hasta que se reanude",
		"with content":        "con el contenido",
		"for *":               "durante %s",
		"network *":           "red %s",
		"since *":             "desde %s",
		"until *":             "hasta %s",
		"fault *":             "depende de: %s",
		"kind *":              "clase: %s",
		"number *":            "número %s",
		"contact":             "contacto",
		"agent":               "agente",
		"setup":               "configuración",
		"puente":              "Puente",
		"refused":             "rechazado",
		"receipt":             "según la red",
		"unreadable":          "llamada ilegible",
		"status":              "estado",
		"# times lately":      "veces últimamente",
		"1 times lately":      "1 vez últimamente",
		"1 refusals before it are not recorded one by one": "1 rechazo anterior no se guarda aparte",
		"# refusals before it are not recorded one by one": "rechazos anteriores no se guardan uno por uno",
	},
}

var spanishSystem = System{
	Title: "Sistema", Processes: "Procesos", Service: "Servicio", Instance: "Proceso", Version: "Versión", Since: "Desde", Shards: "Partes del trabajo", Streams: "Almacenes", Stream: "Almacén", For: "Para qué",
	Messages: "Entradas", Bytes: "Tamaño", Fill: "Ocupado", Oldest: "Lo más antiguo", Differs: "Ajustes distintos", Devel: "versión de desarrollo", AsItShould: "Todos tienen los ajustes que quiere esta versión.",
	ShardsHint: "El trabajo está dividido en partes y cada una la lleva un solo proceso a la vez; si un proceso termina, otros se quedan con las suyas.", StreamsHint: "Lo que el puente guarda en disco. Un almacén lleno no admite más, y lo que va antes espera.",
	Room:  "de %s, libres %s",
	Waits: "Qué espera", FarEnd: "Destino", Waiting: "Esperan", Sending: "Procesos que envían", Useful: "Procesos que harían falta", Reasons: "Por qué",
	Purposes: map[string]string{
		"MESSAGES":    "mensajes camino del traductor",
		"INDEX":       "lo que se recuerda de los mensajes",
		"JOURNAL":     "historial para personas",
		"DEAD":        "lo que no se pudo entregar",
		"AUDIT":       "lo que hicieron los operadores",
		"SENT":        "textos enviados que aún pueden fallar",
		"FILES":       "adjuntos",
		"KV_NETWORKS": "lo que declara cada red",
		"KV_CHANNELS": "ajustes de los canales y cómo están",
		"KV_SECRETS":  "credenciales",
		"KV_CONTACTS": "direcciones de contactos",
		"KV_CONTEXT":  "preguntas que se contestan con un número",
		"KV_REPLIES":  "cómo se puede contestar a los contactos",
		"KV_STATE":    "lo que las redes guardan de sus canales, tokens incluidos",
		"KV_LEASES":   "qué proceso lleva qué",
		"WEBHOOKS_*":  "llamadas de %s tal como vinieron",
		"EGRESS_*":    "lo que espera para enviarse a %s",
		"OUTCOMES_*":  "qué fue de cada envío a %s, con sus confirmaciones",
	},
}

var spanishTraffic = Traffic{
	Title: "Tráfico", Time: "Hora", AsTable: "Verlo como tabla", PerStep: "Mensajes aceptados", Trouble: "De ellos, fallidos y sin terminar", Latency: "Lo que tardaron, en segundos (percentil 95)",
	Out: "De agentes", In: "De contactos", Failed: "Fallidos", Open: "Sin terminar", P95: "Tardaron, p95", P95Hint: "Hasta quedar enviados o entregados, en una muestra de cada tramo.", Show: "Mostrar", Channel: "Canal",
	Times: map[string]string{"60": "Tráfico, última hora", "1440": "Tráfico, último día", "10080": "Tráfico, última semana"},
}
