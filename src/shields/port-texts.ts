// What the ports are that people meet, in our own words. Names follow the IANA registry where it has one.
// A row: port | name | who usually opens it | what it is for, and what a stranger gains | group (how to close it)

/** Ports are closed alike within a group: see HOW_TO_CLOSE in knowledge.ts. */
export type PortGroup =
  | 'none' // nothing should be there at all
  | 'ident'
  | 'remote'
  | 'mail'
  | 'web'
  | 'windows'
  | 'printer'
  | 'files'
  | 'database'
  | 'router'
  | 'media'
  | 'sharing'
  | 'chat'
  | 'developer'
  | 'monitor'
  | 'vpn'
  | 'name'
  | 'trojan';

export const PORT_TEXTS = `
0|reserved|nobody: no program can hold it|An answer here only shows how a machine reacts to nonsense, which tells its system apart. Silence is best.|none
1|tcpmux|very old Unix machines|One door to many services by name. Nobody needs it; an answer points to a forgotten machine.|none
7|echo|old Unix machines, some printers|Sends back what it gets. Two of them can be set to talk to each other for ever.|none
9|discard|old Unix machines|Swallows everything. Harmless, and a sign that all the old test services may be on.|none
11|systat|old Unix machines|Lists who is logged in and what runs. It hands a stranger the inside of the machine.|none
13|daytime|old Unix machines|Tells the time as text. Useless today, and it betrays old software.|none
17|qotd|old Windows servers|Sends a saying. It has been used to multiply traffic towards victims.|none
19|chargen|old Unix machines, printers|Sends letters without end. It has been used to multiply traffic towards victims.|none
20|ftp-data|FTP servers, while they send|The second line of FTP. It should be open only while a transfer runs.|files
21|ftp|FTP servers, routers with a USB disk|File transfer with password and files in the clear. Guessing of passwords starts within minutes.|files
22|ssh|Unix machines, routers, storage boxes|Remote command line. Sound when keys are used; with passwords it is guessed at day and night.|remote
23|telnet|old routers, cameras, embedded boxes|Remote command line in the clear. The most attacked port there is: whole botnets live on factory passwords.|remote
25|smtp|mail servers|Takes in mail. On a home machine it means an unplanned server, or one that somebody else put there to send spam.|mail
37|time|old Unix machines|Tells the time as a number. Nobody needs it over TCP.|none
43|whois|registries|Looks up owners of names. Has no place on a home machine.|none
49|tacacs|network equipment|Logins for routers. It should be reachable by those routers only.|router
53|domain|name servers, routers|Answers names. Open to the world it can be abused to flood others, and it shows what runs at home.|name
69|tftp|routers, phones that boot by network|Files without any password. Configurations with passwords have been lost this way.|files
70|gopher|enthusiasts|A web before the web. Harmless if meant.|web
79|finger|old Unix machines|Says who is logged in, and from where. It is a gift for guessing names.|none
80|http|web servers, routers, cameras, printers|Web pages in the clear. On a home address it is most often the page on which the router is set up, which must not face outside.|web
81|http-alt|cameras, recorders|A second web page, usually of a camera. Cameras are rarely updated and often searched for.|web
88|kerberos|Windows domain controllers, Macs with sharing on|Logins of a company network. It should never leave the house.|windows
102|iso-tsap|industrial controllers|Machines in factories. If that is one of yours, take it off the internet today.|none
106|poppassd|old mail servers|Changes mail passwords in the clear.|mail
109|pop2|nothing that still runs|Mailboxes of the eighties.|mail
110|pop3|mail servers|Fetches mail with the password in the clear. Clients do not open it; servers do.|mail
111|sunrpc|Linux and BSD machines with NFS|Tells which remote services run where. It has been used to find holes and to multiply traffic.|files
113|ident|mail and chat servers ask it; mostly nothing answers|Some servers ask who is behind a connection before they go on. Silence makes them wait; a refusal lets them go on at once. See the note on 113.|ident
119|nntp|news servers|Newsgroups. On a home machine it means an unplanned server.|chat
123|ntp|time servers|Tells the time, over UDP. Over TCP nothing should be here.|name
135|epmap|Windows|Says which remote procedures a Windows machine offers. Worms came through it in 2003, and it still has to stay inside.|windows
137|netbios-ns|Windows, Samba|Names of the machine and of its users, over UDP.|windows
138|netbios-dgm|Windows, Samba|Announcements among Windows machines, over UDP.|windows
139|netbios-ssn|Windows, Samba|Shared folders and printers, the old way. Open outside, it offers your folders to everyone who guesses a password.|windows
143|imap|mail servers|Reads mail where it lies. Without encryption the password can be overheard.|mail
161|snmp|routers, printers, storage|Settings and counters of devices, mostly over UDP, often with the password "public".|monitor
162|snmptrap|network monitors|Takes in alarms of devices.|monitor
177|xdmcp|old Unix desktops|Lets a screen log in over the network in the clear.|remote
179|bgp|internet routers|Routes between providers. Only a router at a provider has business with it.|router
194|irc|chat servers|Chat, on its official but unusual port.|chat
256|fw1-secureremote|old firewall products|Management of a firewall. It names the product to whoever asks.|router
264|bgmp|old firewall products|A firewall's topology service; it has told too much in the past.|router
311|asip-webadmin|old Mac servers|The page on which a Mac server was administered.|web
389|ldap|directory servers, Windows domains|Names, mail addresses and groups of an organisation. Old meeting software opened it on home machines.|windows
427|svrloc|Macs, printers, storage|Announces services. It has been used to multiply traffic.|printer
443|https|web servers, routers, VPN gateways|Web pages, encrypted. Fine if you run a site; otherwise it is the set-up page of a box that should face inward.|web
444|snpp|remote-support products|Registered for pagers, used by set-up pages of several products.|web
445|microsoft-ds|Windows, Samba, storage boxes|Shared folders, printers and remote administration. Worms that locked whole companies spread here. It must never face the internet.|windows
464|kpasswd|Windows domain controllers, Macs|Changes passwords of a company network.|windows
465|submissions|mail servers|Sends mail, encrypted, for those with an account.|mail
500|isakmp|VPN gateways|Key exchange, over UDP. Over TCP nothing should be here.|vpn
502|mbap|industrial controllers|Machines and meters without any password. Take it off the internet.|none
512|exec|old Unix machines|Runs commands with a password in the clear.|remote
513|login|old Unix machines|Remote login that trusts addresses. Addresses can be forged.|remote
514|shell|old Unix machines, log collectors|Runs commands without a password for trusted addresses.|remote
515|printer|printers, print servers|Takes in print jobs from anyone. People print leaflets on other people's paper here.|printer
524|ncp|old Novell servers|Files of company networks of the nineties.|files
540|uucp|old Unix machines|Mail and files by telephone line, long ago.|none
543|klogin|old Unix machines|Remote login of a company network.|remote
544|kshell|old Unix machines|Remote commands of a company network.|remote
548|afpovertcp|Macs, storage boxes|Shared folders for Macs.|files
554|rtsp|cameras, recorders, media servers|Live pictures. Many cameras here show them without a password.|media
563|nntps|news servers|Newsgroups, encrypted.|chat
587|submission|mail servers|Sends mail for those with an account.|mail
593|http-rpc-epmap|Windows servers|The same as 135, wrapped in web requests.|windows
623|asf-rmcp|server boards|Switches a server on and off below its system. Its passwords can be taken away and cracked at leisure.|remote
631|ipp|printers, Linux and Mac printing|Print jobs and printer set-up. Found open on many desks; has had serious holes.|printer
636|ldaps|directory servers|Names and groups of an organisation, encrypted.|windows
646|ldp|internet routers|Labels between routers of a provider.|router
666|doom|a game of 1993, and since then trojans|Nothing you need answers here.|trojan
749|kerberos-adm|company servers|Administration of logins.|windows
853|domain-s|name servers|Names, encrypted.|name
860|iscsi|storage systems|Whole disks over the network.|files
873|rsync|storage boxes, mirrors|Copies of folders. Without a password, which is usual, everything in them can be taken.|files
902|ideafarm-door|virtual machine hosts|Consoles of virtual machines.|remote
989|ftps-data|FTP servers|Second line of encrypted FTP.|files
990|ftps|FTP servers|FTP, encrypted from the first byte.|files
992|telnets|network equipment|Telnet, encrypted.|remote
993|imaps|mail servers|Reads mail where it lies, encrypted.|mail
995|pop3s|mail servers|Fetches mail, encrypted.|mail
999|garcon|trojans of the nineties|Registered, but nothing common answers here.|trojan
1000|cadlock2|set-up pages of a few products|Nothing you need answers here.|web
1001|webpush|trojans of the nineties|Nothing common answers here.|trojan
1002|windows-icfw|old Windows with its meeting service|Old Windows let its directory service listen here and on 389 for meetings nobody held.|windows
1024|reserved|the first program that asks an old Windows for a port|The first of the passing ports. What is open here was started early, often a service that never meant to face out.|windows
1025|blackjack|old Windows services|A passing port that old Windows gives to its task scheduler or remote procedures.|windows
1026|cap|old Windows services|A passing port of old Windows; its messenger service took pop-up spam over UDP here.|windows
1027|6a44|old Windows services|A passing port of old Windows.|windows
1028|reserved|old Windows services|A passing port of old Windows.|windows
1029|solid-mux|old Windows services|A passing port of old Windows.|windows
1030|iad1|old Windows services|A passing port of old Windows.|windows
1080|socks|proxies, and trojans that make one|Passes connections on. Open to strangers, others act in your name through it.|vpn
1194|openvpn|VPN servers|Encrypted way into a network. Fine if it is meant.|vpn
1214|kazaa|file sharing of 2001|Nothing current uses it; knocks here are echoes of the past.|sharing
1433|ms-sql-s|Microsoft SQL servers|A database. A worm went round the world in ten minutes through its neighbour 1434.|database
1521|ncube-lm|Oracle databases|A database. It belongs behind the program that uses it.|database
1720|h323hostcall|video meeting systems|Takes calls. Old meeting software left it open; callers that nobody invited are common.|chat
1723|pptp|old VPN servers|A VPN whose encryption has been broken for years. Replace it.|vpn
1883|mqtt|home automation|Messages of lamps, locks and heaters, mostly without a password.|monitor
1900|ssdp|routers, televisions, media boxes|Finds devices at home, over UDP. Facing outside, the router can be told to open ports, and floods others.|router
2049|nfs|Unix file servers|Shared folders that trust addresses instead of passwords.|files
2222|EtherNet-IP-1|a second SSH, industrial controllers|Mostly a moved SSH. Moving it hides nothing from a scan.|remote
2323|3d-nfsd|cameras, embedded boxes|A second telnet, searched for by the same botnets.|remote
2375|docker|container hosts|Full control of the machine without a password. Whoever finds it owns the machine.|developer
2376|docker-s|container hosts|Full control of the machine for holders of a certificate.|developer
2483|ttc|Oracle databases|A database.|database
3000|remoteware-cl|developers' test pages|A page under construction that was started for all the world instead of for its own machine.|developer
3128|ndl-aas|web proxies|Passes web requests on. Open to strangers, others act in your name through it.|vpn
3306|mysql|MySQL, MariaDB|A database. It belongs on loopback.|database
3389|ms-wbt-server|Windows with remote desktop|Your screen and keyboard over the network. Guessed at without pause, and the usual way in for those who lock files for ransom.|remote
3689|daap|music players that share|Offers a music library to neighbours.|media
4444|krb524|file-sharing programs, attack tools|Nothing common; some sharing programs listen here, and so do the default settings of attack tools.|sharing
4662|oms|eDonkey and eMule|File sharing. Open while it runs, and knocked at for days afterwards.|sharing
4899|radmin-port|remote-control software|Your screen over the network.|remote
5000|commplex-main|old Windows, Macs with AirPlay, storage boxes|Old Windows looked for devices here; now it is set-up pages and sound from phones.|media
5001|commplex-link|storage boxes|The set-up page of a storage box, encrypted.|web
5060|sip|internet telephones, routers|Takes calls. Strangers try to telephone at your cost.|chat
5222|xmpp-client|chat servers|Chat for people with an account.|chat
5353|mdns|Macs, printers, phones|Names at home, over UDP. It should not answer outside.|name
5432|postgresql|PostgreSQL|A database. It belongs on loopback.|database
5555|personal-agent|Android boxes with debugging on, sharing programs|Full control of a television or phone without a password; also an old sharing port.|sharing
5631|pcanywheredata|remote-control software of the nineties|Your screen over the network, by software nobody mends.|remote
5900|rfb|screen sharing|Your screen over the network, often with an eight-letter password or none.|remote
5985|wsman|Windows servers|Remote administration of Windows.|windows
6000|x11|Unix desktops|Draws windows, and lets others read what you type.|remote
6346|gnutella-svc|Gnutella programs|File sharing: takes connections of other programs in the network. While you share it is open by design; afterwards knocks go on for days and fade.|sharing
6347|gnutella-rtr|Gnutella programs|A second Gnutella port.|sharing
6379|redis|Redis|A store without a password by default. Strangers have used it to take over machines.|database
6588|unassigned|old web proxies|Passes web requests on for anyone.|vpn
6666|ircu|chat servers, old sharing programs|Chat; some Napster-like hubs and trojans used it too.|chat
6667|ircu|chat servers, trojans that wait for orders|Chat. On a machine without a chat server it may be one that takes orders.|chat
6699|napster|Napster and OpenNap programs|Sends songs to people who asked the hub for them. Open while you share; silent with the stealth share port.|sharing
6881|bittorrent|BitTorrent programs|File sharing.|sharing
7000|afs3-fileserver|Macs with AirPlay, cameras|Sound and pictures from phones, or a camera's page.|media
7547|cwmp|routers|Lets the provider change the router. A botnet of routers was built through it; only the provider should reach it.|router
7777|cbt|OpenNap hubs, games|Hubs of music sharing, and games.|sharing
8000|irdmi|test pages, cameras, radio servers|A page somebody started for a moment, or a camera.|developer
8080|http-alt|web servers, routers, proxies|A second web page; set-up pages and test servers like it.|web
8081|sunproxyadmin|test pages, home automation|A third web page.|developer
8443|pcsync-https|set-up pages|A second web page, encrypted.|web
8875|napster-redirect|Napster's signpost|Told programs which hub to join. OpenNap networks still use it.|sharing
8880|cddbp-alt|Peershield's hub page|Where the hub is administered: it belongs on loopback.|sharing
8881|peershield-peer|Peershield's peer page|Where your peer is used: it belongs on loopback.|sharing
8888|ddi-tcp-1|Napster and OpenNap hubs, notebooks|The door of a hub of music sharing. Developers' notebooks sit here too, and they run any command.|sharing
9000|cslistener|many test servers|Whatever was started for a moment.|developer
9090|websm|administration pages|A page that rules the machine.|web
9100|hp-pdl-datastr|printers|Prints whatever arrives. No password, no questions.|printer
9200|wap-wsp|Elasticsearch|A search store, by default without a password; many leaks began here.|database
10000|ndmp|administration pages|A page that rules the machine.|web
11211|memcache|Memcached|A store without a password, used for the largest floods of 2018.|database
12345|italk|a trojan of 1998|The best-known port of the trojan NetBus; today anything odd.|trojan
20034|unassigned|a trojan of 1999|A later NetBus.|trojan
27015|unassigned|game servers|Games.|chat
27017|unassigned|MongoDB|A database, once without a password by default; tens of thousands were emptied.|database
27374|unassigned|a trojan of 1999|The best-known port of the trojan SubSeven.|trojan
31337|eldim|a trojan of 1998|The best-known port of Back Orifice.|trojan
49152|unassigned|routers, televisions|The first passing port; device descriptions of UPnP often sit here.|router
51413|unassigned|BitTorrent programs|File sharing.|sharing
51820|unassigned|WireGuard|A VPN, over UDP. Over TCP nothing should be here.|vpn
`;
