"""How outlets speak about themselves and about other articles.

Data for the rules in `news.teasers`, in German, English, French, Spanish, Italian, Dutch, Polish and Portuguese; headings
of lists and pointers at articles in twenty more languages. Semicolons separate phrases; some are regular expressions.
Nothing here names an outlet. Texts are lower-cased before: ignoring case in the pattern costs five times as much.
"""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re

# A whole paragraph of one of these heads a list of other articles.
_LIST_HEADINGS = """
other news ; more news ; latest news ; related news ; top news ; top stories ; more stories ; related stories ;
latest stories ; trending ; trending now ; trending stories
most read ; most popular ; most viewed ; popular ; popular stories ; popular now ; related ; related articles ;
related content ; related topics ; related posts ; related links ; related coverage
related reading ; related story ; recommended ; recommended stories ; recommended for you ; recommended reading ;
recommended articles ; you may also like ; you might also like ; you may like
you might like ; you may also be interested in ; more from ; more like this ; read more ; read next ; read also ;
also read ; see also ; up next ; what to read next ; more on this story ; more on this
more on this topic ; more to read ; more to explore ; further reading ; keep reading ; don't miss ; don’t miss ;
in case you missed it ; editor's picks ; editors' picks ; editor’s picks ; editors’ picks ; editors' recommendations ; editors’ recommendations ; must read ;
must reads
latest ; the latest ; latest headlines ; headlines ; more headlines ; around the web ; from around the web ;
promoted stories ; sponsored content ; paid content ; you may have missed ; recent posts ; recent news
recent stories ; recent articles ; people are also reading ; what others are reading ; others are reading ; more articles ; other articles ; other stories ; more coverage ; explore more ;
dive deeper ; go deeper ; learn more ; next article ; previous article ; suggested reading ; more information
andere nachrichten ; weitere nachrichten ; mehr nachrichten ; weitere meldungen ; weitere artikel ;
weitere themen ; aktuelle nachrichten ; neueste nachrichten ; neueste artikel ; mehr zum thema ;
mehr zu diesem thema
zum thema ; lesen sie auch ; lesen sie mehr ; lesen sie mehr zum thema ; lesen sie hierzu auch ;
das könnte sie auch interessieren ; das könnte dich auch interessieren ; das thema könnte dich auch interessieren ; auch interessant ;
auch lesenswert ; passend zum thema ; passend dazu
meistgelesen ; meistgelesene artikel ; meist gelesen ; beliebt ; empfehlungen ; empfohlene artikel ; empfohlen ;
verwandte artikel ; verwandte themen ; ähnliche artikel ; mehr dazu ; top-themen ; topthemen ; aus dem ressort
mehr aus dem ressort ; mehr lesen ; weiterlesen ; weiterführende links ; themen ; schlagzeilen ; jetzt lesen ;
nicht verpassen ; das interessiert andere leser ; interessant
autres actualités ; autres articles ; à lire aussi ; a lire aussi ; lire aussi ; à lire également ; à lire ;
sur le même sujet ; sur le même thème ; les plus lus ; les articles les plus lus ; les plus populaires ;
plus d'actualités ; articles liés
articles similaires ; vous aimerez aussi ; voir aussi ; à voir aussi ; dans la même rubrique ;
contenus recommandés ; dernières actualités ; à ne pas manquer ; nos derniers articles ; pour aller plus loin ;
en savoir plus
otras noticias ; más noticias ; mas noticias ; últimas noticias ; noticias relacionadas ; artículos relacionados ;
lee también ; lea también ; le puede interesar ; te puede interesar ; te recomendamos ; lo más leído ;
lo más visto ; más leídas ; las más leídas
más información ; mas información ; contenido relacionado ; también te puede interesar ; más sobre este tema ;
relacionados ; relacionadas ; recomendados ; no te pierdas ; temas relacionados ; archivado en
altre notizie ; ultime notizie ; leggi anche ; leggi ancora ; articoli correlati ; notizie correlate ;
potrebbe interessarti ; potrebbe interessarti anche ; ti potrebbe interessare ; ti potrebbe interessare anche ;
i più letti ; le più lette ; più letti ; più lette ; da leggere ; vedi anche ; contenuti correlati
approfondimenti ; approfondisci ; dello stesso argomento ; in evidenza ; consigliati ; guarda anche ;
per saperne di più
ander nieuws ; meer nieuws ; overig nieuws ; laatste nieuws ; lees ook ; lees meer ; lees verder ; gerelateerd ;
gerelateerde artikelen ; gerelateerd nieuws ; meest gelezen ; best gelezen ; aanbevolen ; ook interessant ;
bekijk ook ; meer over dit onderwerp ; meer artikelen
inne wiadomości ; więcej wiadomości ; najnowsze wiadomości ; czytaj także ; czytaj też ; czytaj również ;
czytaj więcej ; zobacz także ; zobacz też ; zobacz również ; przeczytaj także ; przeczytaj również ; polecane ;
polecamy ; powiązane artykuły ; powiązane ; najczęściej czytane ; najpopularniejsze ; podobne artykuły ;
warto przeczytać
outras notícias ; mais notícias ; últimas notícias ; notícias relacionadas ; artigos relacionados ; leia também ;
leia mais ; veja também ; veja mais ; saiba mais ; mais lidas ; as mais lidas ; mais lidos ;
recomendados para você ; você pode gostar ; conteúdo relacionado ; relacionados ; ler mais ; ler também ;
tudo sobre
läs också ; läs även ; läs mer ; mer om ämnet ; relaterade artiklar ; mest läst ; fler nyheter ; senaste nytt ; les også ; les mer ;
flere saker ; siste nytt ; mest lest ; relaterte artikler ; læs også ; læs mere ; mest læste ; seneste nyt ; relaterede artikler ;
lue myös ; lue lisää ; luetuimmat ; katso myös ; uusimmat ; aiheesta lisää ; čtěte také ; čtěte více ; související články ;
mohlo by vás zajímat ; nejčtenější ; další články ; prečítajte si aj ; súvisiace články ; najčítanejšie ; olvasta már ; kapcsolódó cikkek ;
ezt is olvassa el ; legolvasottabb ; citește și ; citeşte şi ; articole similare ; cele mai citite ; pročitajte još ; povezane vijesti ; najčitanije ;
διαβάστε επίσης ; διαβάστε ακόμη ; δείτε επίσης ; σχετικά άρθρα ; τελευταία νέα ; читайте также ; читать также ; материалы по теме ; по теме ;
самое читаемое ; последние новости ; другие новости ; читайте також ; за темою ; найпопулярніше ; още по темата ; вижте още ; ilgili haberler ;
ilginizi çekebilir ; bunlar da ilginizi çekebilir ; diğer haberler ; son dakika haberleri ; çok okunanlar ; en çok okunanlar ; baca juga ;
berita terkait ; terpopuler ; artikel terkait ; baca selengkapnya ; tin liên quan ; xem thêm ; đọc thêm ; tin mới nhất ; ข่าวที่เกี่ยวข้อง ; อ่านเพิ่มเติม ;
อ่านต่อ ; اقرأ أيضا ; اقرأ أيضًا ; إقرأ أيضا ; اقرأ المزيد ; أخبار ذات صلة ; مواضيع ذات صلة ; مقالات ذات صلة ; موضوعات متعلقة ; الأكثر قراءة ; قد يهمك أيضا ;
شاهد أيضا ; آخر الأخبار ; بیشتر بخوانید ; اخبار مرتبط ; مطالب مرتبط ; یہ بھی پڑھیں ; קראו גם ; קרא עוד ; קראו עוד ; כתבות נוספות ; כתבות קשורות ; עוד בנושא ;
הנקראות ביותר ; यह भी पढ़ें ; ये भी पढ़ें ; और पढ़ें ; संबंधित खबरें ; আরও পড়ুন ; আরো পড়ুন ; 相关新闻 ; 相关阅读 ; 相关报道 ; 相关文章 ; 延伸阅读 ; 推荐阅读 ; 热门文章 ;
热门新闻 ; 更多新闻 ; 最新新闻 ; 猜你喜欢 ; 相關新聞 ; 相關報導 ; 相關文章 ; 延伸閱讀 ; 推薦閱讀 ; 熱門新聞 ; 更多新聞 ; 最新新聞 ; 你可能也喜歡 ; 関連記事 ; 関連ニュース ; 関連リンク ; 関連トピックス ;
おすすめ記事 ; おすすめ ; あわせて読みたい ; 合わせて読みたい ; こちらもおすすめ ; 人気記事 ; アクセスランキング ; 最新ニュース ; 新着記事 ; もっと見る ; 続きを読む ; 관련기사 ; 관련 기사 ; 관련뉴스 ; 관련 뉴스 ;
추천기사 ; 추천 기사 ; 인기기사 ; 인기 기사 ; 많이 본 뉴스 ; 많이 본 기사 ; 주요뉴스 ; 주요 뉴스 ; 최신뉴스 ; 최신 뉴스 ; 더보기
"""

# A paragraph that begins so, with a colon, bar, dash or arrow behind it or a link in it, points at another article.
_POINTERS = """
read more ; read more on ; read more about ; read more here ; read also ; also read ; read next ; read this ;
read ; see also ; see more ; see ; more ; more on ; more on this ; more from ; more info ; related ;
related story ; related stories ; related article ; related articles ; related news ; related link
related links ; related coverage ; related content ; related video ; recommended ; don't miss ; don’t miss ;
must read ; must-read ; watch ; watch also ; watch more ; watch now ; listen ; up next ; click here ;
in pictures ; in photos ; explainer ; explained ; further reading ; find out more
learn more ; you may also like ; you might also like ; you may like ; keep reading ; continue reading ;
what to know ; more stories ; latest ; breaking ; video ; photos ; gallery ; live ; live updates ; follow live ;
opinion ; analysis ; fact check ; editorial ; must see ; trending ; most read ; sign up ; subscribe
lesen sie auch ; lesen sie hier ; lesen sie mehr ; lesen sie dazu ; lesen sie mehr dazu ; lesen sie dazu auch ;
lesen sie hierzu ; lies auch ; lesen sie jetzt ; mehr zum thema ; mehr dazu ; mehr dazu hier ; mehr ; mehr zu ;
mehr lesen ; mehr erfahren ; auch interessant ; auch lesenswert ; siehe auch ; weiterlesen ; passend dazu ;
zum thema
das könnte sie auch interessieren ; video ; im video ; hintergrund ; podcast ; liveblog ; newsblog ;
alle entwicklungen ; hier lesen sie ; hier geht es ; interview ; kommentar ; analyse ; jetzt lesen ;
weitere informationen
lire aussi ; à lire aussi ; a lire aussi ; à lire ; à lire également ; lire également ; lire la suite ;
voir aussi ; à voir ; à voir aussi ; en savoir plus ; sur le même sujet ; notre dossier ; pour aller plus loin ;
écouter ; regarder ; vidéo ; entretien ; décryptage ; reportage ; récit
lee también ; lea también ; leer más ; lea más ; lee más ; leer también ; también lee ; además ;
te puede interesar ; le puede interesar ; te recomendamos ; más información ; vea también ; ver más ;
mira también ; vea ; ver también ; sigue leyendo ; relacionado ; puede leer ; no te pierdas
leggi anche ; leggi ; leggi tutto ; leggi ancora ; vedi anche ; guarda anche ; guarda ; approfondisci ;
per approfondire ; potrebbe interessarti ; ti potrebbe interessare ; da leggere ; l'approfondimento ; il video ;
la scheda
lees ook ; lees meer ; lees verder ; lees hier ; bekijk ook ; zie ook ; kijk ook ; meer ; luister ook ; luister ;
bekijk ; ook interessant
czytaj także ; czytaj też ; czytaj również ; czytaj więcej ; czytaj ; zobacz także ; zobacz też ; zobacz również ;
zobacz ; przeczytaj także ; przeczytaj ; przeczytaj również ; więcej ; dowiedz się więcej ; polecamy ; sprawdź ;
oglądaj
leia também ; leia mais ; leia ; veja também ; veja mais ; veja ; saiba mais ; ler mais ; ouça ; assista ;
confira ; clique aqui ; entenda
läs också ; läs även ; läs mer ; se också ; les også ; les mer ; se også ; læs også ; læs mere ; lue myös ; lue lisää ; katso myös ; čtěte také ; čtěte více ;
mohlo by vás zajímat ; přečtěte si ; prečítajte si ; olvasta már ; kapcsolódó ; citește și ; citeşte şi ; pročitajte još ; pročitajte i ; διαβάστε επίσης ; διαβάστε ακόμη ;
διαβάστε ; δείτε επίσης ; читайте также ; читать также ; смотрите также ; читайте ; подробнее ; читайте також ; дивіться також ; вижте още ; прочетете още ; ilgili haber ;
ayrıca bakınız ; baca juga ; lihat juga ; baca ; xem thêm ; đọc thêm ; อ่านเพิ่มเติม ; อ่านต่อ ; อ่านข่าว ; اقرأ أيضا ; اقرأ أيضًا ; إقرأ أيضا ; اقرأ المزيد ; شاهد أيضا ; شاهد ; طالع أيضا ; قد يهمك ;
بیشتر بخوانید ; یہ بھی پڑھیں ; קראו גם ; קרא עוד ; קראו עוד ; עוד בנושא ; यह भी पढ़ें ; ये भी पढ़ें ; और पढ़ें ; আরও পড়ুন ; আরো পড়ুন ; 相关新闻 ; 相关阅读 ; 相关报道 ; 延伸阅读 ; 推荐阅读 ; 另见 ; 看更多 ; 更多 ; 相關新聞 ;
相關報導 ; 延伸閱讀 ; 推薦閱讀 ; 関連記事 ; 関連ニュース ; 関連 ; あわせて読みたい ; 続きを読む ; 詳しくはこちら ; 관련기사 ; 관련 기사 ; 더보기 ; 자세히 보기
"""

# What outlets ask of their readers, in the imperative.
_CALLS = r"""
sign(?:ing)? up(?! to (?:the|a) ) ; subscribe(?!d|rs?)(?: (?:now|here|today|to))? ;
register (?:now|here|for free) ; click here ; tap here ; follow us ; join (?:us|our|the conversation) ;
download (?:the|our) ; get (?:the|our) (?:\w+ ){0,3}(?:app|newsletter|e-?mails?|alerts?) ;
delivered (?:straight |directly |right )?(?:to|through) your ; in your inbox ; to your inbox ; support (?:us|our) ; donate ;
(?<![a-z] )get (?:breaking news|(?:the |your |our )?(?:daily|weekly) (?:news|briefing|digest|headlines)|daily [a-z]+ news|the latest news) ; be the first to know ;
delivered (?:daily|weekly|weekdays?|every|each) (?:morning|day|week|weekday|evening)s? ; let our news ;
become a (?:member|subscriber|supporter) ; never miss ; don[’']t miss ;
stay (?:up to date|informed|updated|connected) ; read more (?:on|about|in) ; free of charge ; find us on ;
like us on ; add us ; turn on notifications ; start your free ; already a subscriber ; log in ; contact us ;
email us ; let us know in the comments ; share (?:this|the) (?:article|story|post) ; follow (?:\w+ ){0,4}on (?:twitter|x|facebook|instagram|telegram|whatsapp|tiktok|linkedin|google) ;
abonnieren sie ; abonniere (?:den|die|das|unseren?|unser|hier|jetzt|uns) ; jetzt (?:\w+ ){0,3}(?:abonnieren|anmelden|bestellen|testen|registrieren|lesen|herunterladen) ;
hier (?:\w+ ){0,3}(?:anmelden|abonnieren|klicken|bestellen|lesen) ; melden sie sich ; folgen sie uns ; folge uns ;
folgt uns ; kostenlos (?:\w+ )?(?:abonnieren|testen|anmelden) ; kostenfrei ; verpassen sie ;
nichts (?:mehr )?verpassen ; unterstützen sie uns ; für sie zusammen ; lesen sie in unserem ; laden sie ;
holen sie sich ; direkt in ihr postfach ; bleiben sie ; abonnez-vous ; inscrivez-vous ; suivez-nous ; recevez ;
cliquez ici ; téléchargez ; rejoignez ; ne manquez ; soutenez-nous ; s'inscrire ; s’inscrire ; je m['’]inscris ;
suscr[ií]b[ae]te ; suscr[ií]base ; siguenos ; síguenos ; reg[ií]strate ; reg[ií]strese ; haz clic ; haga clic ; descarga ;
desc[aá]rgate ; unete ; únete ; apúntate ; recib[ea]  ; no te pierdas ; puedes seguir ; iscriviti ; abbonati ;
seguici ; segui (?:\w+ ){0,4}su ; clicca qui ; scarica ; ricevi ; unisciti ; sostieni(?:ci)? ; registrati ;
resta aggiornato ; rimani aggiornato ; schrijf (?:je|u) in ; abonneer ; meld (?:je|u) (?:hier |nu )?aan ;
volg ons ; klik hier ; ontvang ; mis niets ; steun ons ; word lid ; zapisz się ; subskrybuj ; zaprenumeruj ;
obserwuj nas ; polub nas ; kliknij ; pobierz ; dołącz do ; bądź na bieżąco ; śledź nas ; wesprzyj ; assine ;
inscreva-se ; siga-nos ; siga (?:o |a )?\w+ no ; cadastre-se ; clique aqui ; baixe ; receba ; participe d ;
acompanhe ; apoie ; subscreva ; junte-se ;
prenumerera på ; anmäl dig ; följ oss ; tilmeld dig ; meld deg på ; abonner på ; følg os ; følg oss ; tilaa ; seuraa meitä ; přihlaste se k ; odebírejte ; sledujte nás ;
prihláste sa ; odoberajte ; sledujte nás ; iratkozz(?:on)? fel ; kövess(?:en)? minket ; abonează-te ; abonați-vă ; urmărește-ne ; urmăriți-ne ; pretplatite se ; pratite nas ;
εγγραφείτε ; ακολουθήστε μας ; подписывайтесь ; подпишитесь ; присоединяйтесь к ; підписуйтесь ; підпишіться ; приєднуйтесь до ; абонирайте се ; последвайте ни ; abone olun ; üye olun ; bizi takip edin ;
berlangganan ; ikuti kami ; đăng ký nhận ; đăng ký ngay ; theo dõi chúng tôi ; اشترك ; اشتركوا ; تابعونا ; تابعنا ; انضم ; مشترک شوید ; ما را دنبال کنید ; הירשמו ; הצטרפו ; עקבו אחרינו
"""

# What they offer.
_OFFERS = r"""
newsletter\w* ; e-?mail (?:alerts?|updates?) ; inbox ; push-?(?:nachricht(?:en)?|notifications?|alerts?) ;
(?:our|unser\w*|the|mobile|news) app ; free app ; apps?\b(?= (?:store|today|now|here)) ; app store ; google play ;
whatsapp ; telegram ; youtube[- ]channel ; (?:on|our|unser\w*) (?:channel|kanal) ; facebook ; instagram ;
twitter ; tiktok ; linkedin ; podcast ; breaking news ; eilmeldung(?:en)? ;
wichtigsten? (?:news|nachrichten|themen) ; most important (?:news|stories) ; top (?:news|stories) ;
(?:today|day)[’']s (?:most|top|biggest) ; daily (?:briefing|digest|email|update) ; morning briefing ;
subscription ; membership ; journalism ; digital-?abo ; abonnement ; probeabo ; free trial ; premium ; paywall ;
postfach ; auf dem laufenden ; sign[- ]?up ; infolettre ; lettre d['’]information ; bolet[ií]n ; bolet[ií]nes ;
newsy ; nieuwsbrief ; biuletyn ; canal ; canale ; kana[łl] ; kanaal ; wiadomości ; notizie ; noticias ; notícias ;
actualit[ée]s? ; nieuws ;
nyhetsbrev\w* ; nyhedsbrev\w* ; uutiskirje\w* ; zpravodaj\w* ; hírlev\w+ ; ενημερωτικό δελτίο ; телеграм\w* ; вайбер\w* ; рассылк\w+ ; розсилк\w+ ; наш\w* канал\w* ; haber bülten\w* ; bülten\w* ;
saluran ; buletin ; bản tin ; zalo ; نشرتنا ; النشرة ; قناتنا ; واتساب ; تلغرام ; تليغرام ; خبرنامه ; ניוזלטר ; לניוזלטר ; לערוץ ; וואטסאפ ; לוואטסאפ ; טלגרם ; לטלגרם
"""

# Words that speak to the reader or of the outlet as us.
_ADDRESSES = r"""
you ; your ; yours ; us ; our ; sie ; ihr ; ihre[nmrs]? ; ihnen ; uns ; unsere?[nmrs]? ; du ; dein\w* ; dir ;
vous ; votre ; vos ; nous ; notre ; nos ; tu ; tus ; te ; su correo ; nuestr[oa]s? ; tuo ; tua ; tuoi ;
nostr[oaie] ; je ; jouw ; jou ; u ; uw ; ons ; onze ; nas ; nam ; nasz\w* ; twoj\w* ; ci ; você ; seu ; sua ;
nosso ; nossa ; nossos ; nossas
"""

# Beginnings of lines that stand under or around a text, whole paragraphs.
_STOCK = r"""
(?:all )?rights reserved ; © ; \(c\) ?(?:19|20)\d\d ; copyright\b[ ©]*(?:19|20|by|\d|\() ;
this material may not be ;
this article (?:was |is )?(?:originally |first )?(?:published|appeared) (?:on|in|at|by) ;
(?:this story|this article|this post) (?:has been|was) (?:updated|published|originally) ;
our standards: ; sharing is caring ; share this(?: (?:article|story|post|page|news|link|on|via|with|entry)\b|\W*$) ; share on ; share: ; share article ; comments? ?(?:\(\d+\))?$ ; \d+ comments?$ ;
leave a (?:comment|reply) ; post a comment ; add a comment ; view (?:all )?comments ; join the conversation ;
advert(?:isement\b.{0,40})?$ ; sponsored(?: content)?$ ; anzeige$ ; werbung$ ; publicidad$ ; publicité$ ; pubblicità$ ;
advertentie$ ; reklama$ ; publicidade$ ; continue reading below ; story continues below ;
article continues (?:below|after) ; scroll (?:down )?to continue ; continues below ; more to follow ;
skip (?:to|past)  ; end of (?:newsletter )?promotion ;
(?:first published|last updated|(?:published|updated|posted)(?! in \d{4}, ))\b.{0,12}\d.{0,60}$ ;
(?:photo|image|picture|video|foto|fotos|bild|photos|imagen|immagine|zdjęcie|fot\.|photograph)s?(?: by| credit| source|: |:|/)\W?.{0,100}$ ;
(?:source|quelle): .{0,100}$ ;
(?:topics|tags|filed under|keywords|schlagworte|stichwörter|themen|temas|tematy|assuntos)\s*:(?!.{10,}[a-z]{3}\. \w.+[a-z]\.$) ;
do you have a (?:story|tip) ; got a (?:story|tip|news) ; have (?:a|you got a) (?:story|tip) ;
to (?:comment|read|continue reading|view) (?:on )?this ; you (?:must|need to) be (?:logged|signed) in(?: to\b|\W*$) ;
please enable ; enable javascript ; your browser does not ;
by (?:signing up|subscribing|clicking|submitting|registering|(?:providing|entering) your e-?mail)\b(?=.{0,80}\b(?:you|your|i|my)\b) ; \* ?i understand and agree ; save my name, e-?mail ; notify me (?:of|via|by) ;
this copy is for your personal ; (?:order reprints|print article|be the first to know)$ ; write to .{3,60}\S@\S+$ ; this site is protected by ;
we (?:may|might) (?:also )?(?:earn|receive) (?:a |an |some |money|commission|affiliate|from|if|when) ; cookies?\b.{0,30}(?:settings|policy)\W*$ ; terms of (?:use|service) ;
privacy policy(?:$|\W{2,}| (?:and|&) ) ; an error has occurred ; thank you for (?:subscribing|signing|reading|your (?!patience)) ;
please (?:enter|check|verify|subscribe|consider) ; (?:enter )?your e-?mail(?: address)?\*?$ ;
get (?:the latest|live|all the latest|breaking) .{0,80}\b(?:news|updates)\b.{0,60}\b(?:on|at|with|here)\b.{0,40}$ ; for (?:all )?the latest .{2,60}(?:news|updates|stories)\b.{0,30}(?:download|follow|subscribe|visit|stay tuned|click|join) ;
メールマガジンに登録(?:しよう|して|する$|はこちら|$) ; (?:公式)?(?:line|ライン)(?:公式)?アカウントを?(?:フォロー|友だち追加) ; (?:欢迎)?(?:扫码)?关注(?:我们|本报|本网)?的?(?:官方)?(?:微信|微博|公众号) ; (?:歡迎)?(?:加入|追蹤)我們的?(?:line|facebook|臉書|telegram) ; 뉴스레터를? ?(?:구독|신청)(?:하세요|하기|$) ; 카카오톡에서 .{0,20}(?:구독|친구) ; สมัคร(?:รับ)?(?:จดหมาย)?ข่าว(?:สาร)?(?:ของเรา|ทาง|$) ; สมัครรับจดหมายข่าว ; ติดตามข่าวสารได้ที่ ;
(?:print|email|e-mail|copy link|link copied|listen|save|bookmark)$ ;
empfohlener (?:redaktioneller|externer) inhalt ; an dieser stelle (?:findest du|finden sie) ;
ich bin damit einverstanden ; personenbezogene daten können ;
(?:externe[rn]?|youtube-|twitter-|instagram-)\s?inhalte? (?:anzeigen|erlauben|aktivieren|laden) ;
mit (?:dem )?klick (?:auf|wird) ; alle rechte vorbehalten ; tous droits réservés ; todos los derechos ;
tutti i diritti ; riproduzione riservata ; alle rechten ; wszelkie prawa ; todos os direitos ;
please upgrade your browser ; (?:your|dein|ihr|votre|tu) (?:browser|navigateur|navegador) (?:is|ist|est|es) (?:\w+ ){0,2}(?:out of date|outdated|not supported|veraltet|obsolète|obsoleto) ;
sorry, but your browser ; (?:we apologi[sz]e, but )?this video (?:has failed to|is not available|cannot be) ; video (?:unavailable|nicht verfügbar) ;
view this post on instagram ; a post shared by ; %d (?:bloggern?|bloggers?) gefällt ; %d bloggers? like ; ad block users: ;
pełne korzystanie z serwisu wymaga ; this page requires javascript ; disclaimer: all rights ;
for more (?:stories|news|articles) like this ; get in touch with our (?:\w+ ){0,2}team ; comments (?:on this (?:piece|article|story) )?are (?:pre-?)?moderated ;
note: we are temporarily moderating ; share your feedback ; cross-posted from ; materials provided by .{2,80}\bnote: ; content may be edited for ;
(?:a|this) version of this (?:story|article|piece) (?:first |originally )?appeared (?:in|on) ; dieses thema im programm: ; noticia relacionada$ ; noticias relacionadas$ ;
(?:zuletzt )?(?:aktualisiert|veröffentlicht|uppdaterad|publicerad|opdateret|oppdatert)\b.{0,12}\d[^!?]{0,60}$ ; \d\d\.\d\d\.\d{4}\b.{0,14}\buhr ?lesedauer ;
extern(?:er|e) inhalte? (?:nicht verfügbar|von .{2,40})$ ; (?:deine|ihre) privatsphäre-einstellungen ; dies ist eine maschinelle übersetzung ;
for more .{3,100} (?:visit|go to) (?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?\W*$ ; (?:subscribe|sign up|log in) to get access$ ; read more of this content when you subscribe ;
(?:watch|listen to) the (?:full |audio )?(?:video|podcast|episode)\b.{0,60}(?:here|on .{3,40})$ ; the opinions expressed here are the author ;
(?:à lire|lire) (?:aussi|également)$ ; (?:photo|video)s? gallery$ ; this content (?:is not available|is hosted by|could not be loaded) ; recommended by our editors$ ;
(?:um|zum) .{2,60} (?:anzuzeigen|zu sehen),? (?:benötigen wir|brauchen wir|müssen sie) ; wir benötigen (?:ihre|deine) (?:zustimmung|einwilligung) ; hier finden sie (?:einen )?(?:externen )?inhalt ;
de(?:ze|ze externe) content (?:is|kan) ; ce contenu (?:est bloqué|n['’]est pas disponible) ; este contenido no (?:está disponible|se puede mostrar) ; questo contenuto (?:è|non è) (?:bloccato|disponibile) ;
版权所有 ; 版權所有 ; 未经(?:授权|许可) ; 未經(?:授權|許可) ; 责任编辑[:：] ; 責任編輯[:：] ; 編輯[:：] ; 编辑[:：] ; 来源[:：] ; 來源[:：] ; 無断転載 ; 무단 ?전재 ; 저작권자 ; ⓒ ;
جميع الحقوق محفوظة ; כל הזכויות שמורות ; สงวนลิขสิทธิ์ ; все права защищены ; tüm hakları saklıdır ; αναδημοσίευση ; všechna práva vyhrazena ;
نستخدم ملفات تعريف الارتباط ; يستخدم (?:هذا )?الموقع ملفات تعريف الارتباط ; (?:אנו|אנחנו) משתמשים ב(?:עוגיות|קובצי cookie|קבצי cookie) ; (?:האתר|אתר זה) (?:משתמש|עושה שימוש) ב(?:עוגיות|קובצי cookie) ;
(?:我们|本网站?|本站)(?:会)?使用\s?cookies? ; (?:我們|本網站?|本站)(?:會)?使用\s?cookies? ; (?:当|本)?(?:ウェブ)?サイトでは、?(?:クッキー|cookie)(?:（.{1,12}）)?を使用 ; (?:당사는|이 (?:웹)?사이트는|저희는) (?:쿠키|cookie)를 ; (?:เรา|เว็บไซต์นี้)(?:มีการ)?ใช้(?:งาน)?คุกกี้ ;
reproduction interdite ; prohibida (?:su|la) reproducción ; ©?riproduzione riservata
"""


# Beginnings of what stands before a wall.
_WALLS = r"""
(?:create (?:an|your|a free) account|register|sign up) (?:or|and) (?:sign|log) ?in(?: to (?:continue|keep|read)\b.*)? ; (?:sign|log) ?in (?:or (?:register|create an account) )?to (?:continue|keep) reading ;
(?:please )?(?:subscribe|register|sign up) (?:now |today |for free )?to (?:continue|keep|read the (?:full|rest)|unlock) ; to (?:continue|keep) reading,? (?:please )?(?:subscribe|register|sign|log) ;
this (?:article|content|story) is (?:only )?(?:for|available to|reserved for|exclusive to) (?:our |paying )?(?:subscribers|members) ; already a subscriber\? ; already have an account\? ;
(?:sie sind )?bereits abonnent(?:in)?\? ; jetzt (?:anmelden|registrieren) und weiterlesen ; (?:um )?(?:diesen|den vollständigen) artikel (?:weiter)?(?:zu )?lesen mit ; (?:dieser (?:artikel|text|beitrag|inhalt) ist )?(?:nur|exklusiv|ausschließlich) für (?:unsere )?abonnent ; mit .{2,20} weiterlesen$ ; (?:jetzt )?weiterlesen mit .{2,40}$ ;
(?:cet )?article (?:est )?réservé aux abonnés ; la suite (?:de cet article )?est réservée ; il vous reste \d+ ?% de cet article ; déjà abonné ; contenido exclusivo para suscriptores ; ¿ya (?:eres|es) suscriptor ; suscríbete para (?:seguir|continuar) ;
contenuto riservato (?:agli abbonati)? ; sei già abbonato ; alleen voor abonnees ; al abonnee\? ; (?:treść|artykuł) (?:dostępny|dostępna|tylko) (?:tylko )?dla ; conteúdo exclusivo para assinantes ; já é assinante
"""


def _phrases(table: str) -> list[str]:
    parts = (part for line in table.splitlines() for part in line.split(" ; "))
    return [phrase for phrase in (" ".join(part.rstrip(" ;").split()) for part in parts) if phrase]


_NOT_BEHIND = re.compile(r"\(\?<![^()]*\)")
_Tree = dict[str, "_Tree"]


def _beginnings(table: str) -> str:
    """Return a regular expression for how the phrases begin, by letter: most words are out at the first or second."""
    tree: _Tree = {}
    for phrase in _phrases(table):
        node = tree
        for letter in _plain(phrase):
            node = node.setdefault(letter, {})
        node[""] = {}
    return _written(tree)


def _plain(phrase: str) -> str:
    """Return the literal beginning of *phrase*, without what must not stand before it."""
    phrase = _NOT_BEHIND.sub("", phrase)
    plain = re.split(r"[\\.(\[?*+{|]", phrase, maxsplit=1)[0]
    return plain[:-1] if phrase[len(plain) : len(plain) + 1] in ("?", "*", "{") else plain


def _written(tree: _Tree) -> str:
    if "" in tree or not tree:  # a phrase ends here, and what is longer begins with it
        return ""
    parts = [re.escape(letter) + _written(rest) for letter, rest in sorted(tree.items())]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


LIST_HEADINGS = frozenset(_phrases(_LIST_HEADINGS))
_POINTER = "|".join(re.escape(phrase) for phrase in sorted(_phrases(_POINTERS), key=len, reverse=True))
POINTER = re.compile(rf"\W*(?P<phrase>{_POINTER})\b(?P<mark>\s*(?:[:|»>→▶►]|[-–—]\s|\.\.\.|…))?")
MAY_CALL = re.compile(rf"\b{_beginnings(_CALLS)}")  # every call contains one of these: a cheap test before the pattern
# A heading of what readers wrote.
COMMENTS = re.compile(
    r"\W*(?:\d[\d.,]*\s(?:(?:reader |user )?comments?|responses?|replies|thoughts|kommentare?|antworten|commentaires?|comentarios?|commenti|reacties|komentarz[ey]?|comentários?|kommentarer)(?: (?:on|to|zu|sur|en|su|op) [“„\"'«‘].{0,200})?"
    r"|(?:comments?|kommentare|commentaires|comentarios|commenti|reacties|komentarze|comentários)\s?\(\d+\)|(?:leave|post|add|write) a (?:reply|comment|response)(?: cancel reply)?|join the discussion"
    r"|(?:schreiben? sie|schreibe?) (?:einen|ihren) kommentar|kommentar (?:schreiben|verfassen|hinterlassen)|laisser un commentaire|deja (?:un|tu) comentario|lascia un commento|geef een reactie|dodaj komentarz|deixe (?:um|seu) comentário)\W*"
)
# "You can sign up" tells, "sign up" asks.
CALL = re.compile(
    rf"(?<!\w)(?<!can )(?<!could )(?<!to )(?<!you )(?<!they )(?<!will )(?:{'|'.join(_phrases(_CALLS))})(?!\w)"
)
OFFER = re.compile(rf"(?<!\w)(?:{'|'.join(_phrases(_OFFERS))})(?!\w)")
ADDRESS = re.compile(rf"(?<!\w)(?:{'|'.join(_phrases(_ADDRESSES))})(?!\w)")
# Who tells what others say speaks not to the reader: "Subscribe now, the banner said".
REPORTED = re.compile(
    r"\b(?:said|told|wrote|sagten?|schrieb(?:en)?|erklärten?|a (?:dit|déclaré|écrit)|dij(?:o|eron)|ha(?:nno)? detto|zei(?:den)?|powiedział[ao]?|disse(?:ram)?)\b"
)
STOCK = re.compile(rf"\W*(?:{'|'.join(_phrases(_STOCK))})")
# What an outlet says of its own earnings from links: that it has such links, or that it earns a commission by them.
_AFFILIATE_LINKS = re.compile(
    r"affiliate[- ](?:marketing )?links?|affiliate-(?:programm|partner)|amazon affiliate|links? (?:\S+ ){0,4}affiliate|(?:provisions|partner|werbe)-?links?|liens? (?:d[’'])?affili|enlaces? (?:de )?afiliad"
    r"|links? (?:di affiliazione|affiliati|de afiliad)|link\w* (?:afiliacyjn|partnersk)|amazon associate"
)
_EARNS_COMMISSION = re.compile(
    r"\b(?:earn|receive|get|make|paid|pays|erhalten?|bekommen?|verdienen?|percevoir|percevons|toucher|recevoir|recibir|recibimos|ganar|obtener|ricevere|riceviamo|receber|otrzym\w+)"
    r"(?: \S+){0,6}? (?:commissions?|provision(?:en)?|comisi[oó]n|comisiones|commissione|comissão|prowizj\w+)\b"
    r"|\bprovision(?:en)? (?:\S+ ){0,4}(?:erhalten?|bekommen?|verdienen?)\b"
)
_BY_LINKS = re.compile(
    r"\blinks?\b|[-*]links?\b|purchas|\bbuy\b|\bshop|kauf|achat|achet|\bliens?\b|compra|enlaces?|acquist|amazon|kup|zakup"
)
_OF_ITSELF = re.compile(
    r"(?<!\w)(?:we|us|our|i|my|wir|uns|unsere[rnm]?|nous|notre|nos|nosotros|nuestr[oa]s?|possiamo|riceviamo|możemy|podemos)(?!\w)"
    r"|\b(?:this|dieser|diesem|diese|cet|este|questo|ten) (?:article|post|page|site|story|list|guide|artikel|beitrag|seite|artículo|articolo|artykuł)\b"
    r"|amazon associate|\b(?:are|sind) (?:\S+ )?(?:affiliate|partner|provisions?|werbe)"
)
MAY_EARN = ("fili", "FILI", "omis", "rovision", "rowizj", "mazon", "erbelink", "artner-", "artnerlink", "partnersk")


def notes_affiliates(text: str) -> bool:
    """Whether the paragraph, in lower case, says that the outlet earns by its links; a report about that does not."""
    if _OF_ITSELF.search(text) is None or REPORTED.search(text) is not None or text.lstrip("*( ").startswith("no "):
        return False
    by_commission = _EARNS_COMMISSION.search(text) is not None and _BY_LINKS.search(text) is not None
    return by_commission or _AFFILIATE_LINKS.search(text) is not None


MAY_BE_CREDITED = (
    "contributi",
    "contributed",
    "reporting by",
    "information from",
    "reached",
    "contacted",
)  # without these it is not
# Who else worked on it: a whole line below the text.
CREDITED = re.compile(
    r"[^.!?]{3,140}\b(?:contributed|contributing)(?: reporting)?(?: to this (?:report|story|article|piece))?(?: from [\w ]{3,30})?\W*$"
    r"|\W*(?:contributing:|contributing (?:writers?|reporters?)\b|additional reporting by|reporting by|includes information from).{0,200}$"
    r"|[^!?]{3,80}\b(?:can be|is|may be) (?:reached|contacted) (?:at|by|via|on)\b.{0,60}\S@.{0,160}$"
)
WALL = re.compile(rf"\W*(?:{'|'.join(_phrases(_WALLS))})")
# What stands below a wall and tells what the money buys.
GIFT = re.compile(
    r"unlimited|\b(?:alle|all) (?:artikel|articles|inhalte)\b|\b(?:monate?|wochen?|months?|weeks?|mois|mes(?:es)?|mesi?) (?:für|for|pour|por|a) (?:nur |only |just )?[€$£]?\d|unbegrenzt|illimité|ilimitad|illimitat|onbeperkt|\b(?:full|free) access|access to (?:all|every|our)|zugang zu (?:allen|unseren)|zugriff auf (?:alle|unsere)"
    r"|subscribe|subscription|\babo\b|abonn|abbona|suscri|assine|prenumerat|cancel (?:at )?any|(?:jederzeit|monatlich) kündbar|sans engagement|free trial|probemonat"
    r"|\b(?:a|per|pro|par|al|por|per) (?:month|week|monat|woche|mois|mes|mese|mês|maand)\b|miesięcznie|€ ?/ ?monat"
)
# A line that ends in its rights; a sentence about rights names no year.
RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright) ?.{0,60}(?:all rights reserved|alle rechte vorbehalten|tous droits réservés)\W*$"
)
