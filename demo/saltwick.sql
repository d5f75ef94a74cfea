-- MySQL dump 10.11
--
-- Host: localhost    Database: saltwick_archive
-- ------------------------------------------------------
-- Server version	5.0.92-community

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `saltwick_fanfiction_authorfields`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_authorfields`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_authorfields` (
  `field_id` int(11) NOT NULL auto_increment,
  `field_type` tinyint(4) NOT NULL default '0',
  `field_name` varchar(30) NOT NULL default ' ',
  `field_title` varchar(255) NOT NULL default ' ',
  `field_options` text,
  `field_code_in` text,
  `field_code_out` text,
  `field_on` tinyint(1) NOT NULL default '0',
  PRIMARY KEY  (`field_id`)
) ENGINE=MyISAM AUTO_INCREMENT=9 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_authorfields`
--

LOCK TABLES `saltwick_fanfiction_authorfields` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_authorfields` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_authorfields` VALUES
(1,4,'msn','Messenger','','','',0),
(2,1,'web','Web Page','','','',1),
(3,3,'betareader','Beta-reader','','','',1),
(4,2,'tea','Tea or coffee','Tea|#|Coffee|#|Grog','','',1);
/*!40000 ALTER TABLE `saltwick_fanfiction_authorfields` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_authorinfo`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_authorinfo`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_authorinfo` (
  `uid` int(11) NOT NULL default '0',
  `field` int(11) NOT NULL default '0',
  `info` varchar(255) NOT NULL default ' ',
  PRIMARY KEY  (`uid`,`field`),
  KEY `uid` (`uid`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_authorinfo`
--

LOCK TABLES `saltwick_fanfiction_authorinfo` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_authorinfo` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_authorinfo` VALUES
(1,3,'Yes'),
(1,4,'Tea'),
(2,2,'http://www.secondfloorback.example/holmes/'),
(2,4,'Tea'),
(3,3,'Yes'),
(3,4,'Coffee'),
(6,4,'Grog'),
(9,1,'quillfeather@messenger.example'),
(11,3,'Yes');
/*!40000 ALTER TABLE `saltwick_fanfiction_authorinfo` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_authorprefs`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_authorprefs`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_authorprefs` (
  `uid` int(11) NOT NULL default '0',
  `newreviews` tinyint(1) NOT NULL default '0',
  `newrespond` tinyint(1) NOT NULL default '0',
  `ageconsent` tinyint(1) NOT NULL default '0',
  `alertson` tinyint(1) NOT NULL default '0',
  `tinyMCE` tinyint(1) NOT NULL default '0',
  `sortby` tinyint(1) NOT NULL default '0',
  `storyindex` tinyint(1) NOT NULL default '0',
  `validated` tinyint(1) NOT NULL default '0',
  `userskin` varchar(60) NOT NULL default 'default',
  `level` tinyint(1) NOT NULL default '0',
  `categories` varchar(200) NOT NULL default '0',
  `contact` tinyint(1) NOT NULL default '0',
  `stories` int(11) NOT NULL default '0',
  PRIMARY KEY  (`uid`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_authorprefs`
--

LOCK TABLES `saltwick_fanfiction_authorprefs` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_authorprefs` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_authorprefs` VALUES
(1,1,1,1,1,1,0,0,1,'saltwick',1,'0',1,2),
(2,1,1,0,1,1,0,0,1,'saltwick',0,'0',0,3),
(3,1,1,0,1,1,0,0,1,'saltwick',0,'0',0,5),
(4,1,1,0,1,1,0,0,1,'saltwick',0,'0',0,3),
(5,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,2),
(6,1,1,0,1,1,0,0,1,'saltwick',0,'0',0,3),
(7,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,2),
(8,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,1),
(9,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,3),
(10,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,2),
(11,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,2),
(13,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,0),
(14,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,0),
(17,1,1,0,1,1,0,0,0,'saltwick',0,'0',0,0),
(21,1,1,0,1,1,0,0,0,'saltwick',-1,'0',0,0);
/*!40000 ALTER TABLE `saltwick_fanfiction_authorprefs` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_authors`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_authors`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_authors` (
  `uid` int(11) NOT NULL auto_increment,
  `penname` varchar(200) NOT NULL default '',
  `realname` varchar(200) NOT NULL default '',
  `email` varchar(200) NOT NULL default '',
  `website` varchar(200) NOT NULL default '',
  `bio` text,
  `image` varchar(200) NOT NULL default '',
  `date` datetime NOT NULL default '0000-00-00 00:00:00',
  `admincreated` char(1) NOT NULL default '0',
  `password` varchar(40) NOT NULL default '0',
  PRIMARY KEY  (`uid`),
  KEY `penname` (`penname`),
  KEY `admincreated` (`admincreated`)
) ENGINE=MyISAM AUTO_INCREMENT=22 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_authors`
--

LOCK TABLES `saltwick_fanfiction_authors` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_authors` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_authors` VALUES
(1,'Tidewrack','Hilda Marrick','tidewrack@saltwick-archive.example','','Keeper of this archive since the first of its three servers. I live where you can see the Abbey if you lean out far enough. I write about harbours, clerks, logbooks, and things that come in on the tide.','','2001-03-04 20:11:00','0','baf4b4b360d0594b7195854437dd1702'),
(2,'Mrs Hudsons Lodger','Thomas Ainley','lodger@secondfloorback.example','http://www.secondfloorback.example/holmes/','Gaslight, toast, and the sort of mystery in which nobody need be murdered. Retired surveyor. I will go a long way for a good footprint.','','2001-03-19 09:40:00','0','f2c2f3420eefdc7d33eecc29cd971c98'),
(3,'Penelope Unravels','I. Georgiou','penelope@loomandoar.example','','Myths, mostly from the side of whoever was holding the string. I teach Greek to fourteen-year-olds, who are the only honest critics left.','','2001-06-02 22:03:00','0','ed84f68c1cc652406811c8bd818b8eae'),
(4,'Half Agony','Miriam Coyle','halfagony@kellynch.example','','Austen, and only Austen, and mostly the people at the edge of the room. <i>Persuasion</i> is the best one. I will not be taking questions.','','2002-01-11 18:25:00','0','a62cc91b50008169af09fbcffa1398ec'),
(5,'greenwood_clerk','Piers Holloway','clerk@thirdoak.example','','By day I audit drainage boards. By night I audit the Sheriff of Nottingham.','','2002-05-23 12:00:00','0','2a5ef10c42e7d79184516a1f87984e63'),
(6,'Lachlan Reeve','L. Reeve','lreeve@northwater.example','','Was at sea, am now at a desk. Ice, rum, and the consequences. I finish things slowly, but I have never yet lost a ship. (Please do not ask about <i>The Ice Register</i>. I know.)','','2003-02-14 07:55:00','0','689c00a2ddfef2b15503734a22424af5'),
(7,'Aurelie D','Aurélie Daumont','aurelie@rivegauche.example','','Bonjour! I am French and I write in English because it is a very good disguise. Corrections are welcome, especially of my prepositions.','','2003-09-30 16:42:00','0','7db6e723d27e577d409b86636f6ac513'),
(8,'Kaltwasser','Jörn Behnke','kaltwasser@spiegelgasse.example','','Märchen, nachgeprüft. Schreibt auf Deutsch, liest alles.','','2004-11-08 21:17:00','0','2131dbf3072d864eef7ee2478b0f3c23'),
(9,'Quillfeather','Nan Obafemi','nan@quillfeather.example','','Nonsense, with footnotes where possible. I am told I am worse in person.','','2004-04-01 11:11:00','0','753bb15a22ea18e748b931146fce78da'),
(10,'Ferrars Minor','Edwina Prout','eprout@barton-cottage.example','','Servants, spinsters, livestock. If there is a great house in the story I would like to know who does the grates.','','2005-07-17 19:30:00','0','1bcfbbc23eae017dcdaaddbd52723d91'),
(11,'blackletter_bess','Beth Carradine','bess@camlann.example','','Reads Malory on trains. Believes Bedivere did nothing wrong and can prove it, given four hours and a blackboard.','','2006-02-27 23:58:00','0','a7f0bd2f9947953e765b0b59cb5eb544'),
(13,'Dorothea M','','dorothea@lowick.example','','I only read. Somebody has to.','','2002-08-08 10:00:00','0','ee13969cc83472300c035650713626f8'),
(14,'salt and vinegar','','chips@pier-end.example','','','','2004-06-30 22:22:00','0','9141bb22a23965b06d727c30b46fcec8'),
(17,'Mr Tumbril','','tumbril@midden.example','','Here for Robin Hood, staying for the rest.','','2007-10-01 08:00:00','0','f033cac23e4707ebbf43bfcacdfaf924'),
(21,'cheap-watches-4u','','offers@watches.example','','Best prices best watches','','2010-12-24 03:14:00','0','67bd9446342b271bd1dee99c4c11358a');
/*!40000 ALTER TABLE `saltwick_fanfiction_authors` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_blocks`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_blocks`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_blocks` (
  `block_id` int(11) NOT NULL auto_increment,
  `block_name` varchar(30) NOT NULL default '',
  `block_title` varchar(150) NOT NULL default '',
  `block_file` varchar(200) NOT NULL default '',
  `block_status` tinyint(1) NOT NULL default '0',
  `block_variables` text NOT NULL,
  PRIMARY KEY  (`block_id`),
  KEY `block_name` (`block_name`)
) ENGINE=MyISAM AUTO_INCREMENT=6 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_blocks`
--

LOCK TABLES `saltwick_fanfiction_blocks` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_blocks` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_blocks` VALUES
(1,'menu','Main Menu','menu/menu.php',2,'a:1:{s:7:\"content\";a:3:{i:0;s:4:\"home\";i:1;s:6:\"browse\";i:2;s:4:\"help\";}}'),
(2,'recent','Most Recent','recent/recent.php',1,'a:1:{s:3:\"num\";s:1:\"5\";}'),
(3,'random','Random Story','random/random.php',1,''),
(4,'news','Site News','news/news.php',1,'a:1:{s:3:\"num\";s:1:\"1\";}'),
(5,'info','Site Info','info/info.php',1,'');
/*!40000 ALTER TABLE `saltwick_fanfiction_blocks` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_categories`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_categories`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_categories` (
  `catid` int(11) NOT NULL auto_increment,
  `parentcatid` int(11) NOT NULL default '-1',
  `category` varchar(60) NOT NULL default '',
  `description` text NOT NULL,
  `image` varchar(100) NOT NULL default '',
  `locked` char(1) NOT NULL default '0',
  `leveldown` tinyint(4) NOT NULL default '0',
  `displayorder` int(11) NOT NULL default '0',
  `numitems` int(11) NOT NULL default '0',
  PRIMARY KEY  (`catid`),
  KEY `byparent` (`parentcatid`,`displayorder`)
) ENGINE=MyISAM AUTO_INCREMENT=17 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_categories`
--

LOCK TABLES `saltwick_fanfiction_categories` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_categories` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_categories` VALUES
(1,-1,'Gaslight and Gothic','Fog, candles, and a light in the wrong window.','',1,0,1,9),
(2,1,'Sherlock Holmes','The Canon, its lodgers and its landlady.','',0,1,1,3),
(3,1,'Dracula','Whitby is a mile up the beach, so we are particular about this one.','',0,1,2,3),
(4,1,'Frankenstein','The novel. The one with no bolts.','',0,1,3,2),
(5,1,'Jane Eyre','Thornfield, Lowood, Moor House and after.','',0,1,4,1),
(6,-1,'Jane Austen','The six, and the letters.','',0,0,2,4),
(7,6,'Pride and Prejudice','Longbourn, Hunsford, Pemberley.','',0,1,1,3),
(8,6,'Persuasion','Lyme, Bath, and eight years and a half.','',0,1,2,1),
(9,-1,'Myth and Legend','Older than copyright.','',1,0,3,9),
(10,9,'Greek Mythology','Gods, monsters, and the people who had to do their washing.','',0,1,1,5),
(11,9,'Arthurian Legend','Malory, Tennyson, the Welsh, and all comers.','',0,1,2,2),
(12,9,'Robin Hood','The ballads and what grew out of them.','',0,1,3,2),
(13,-1,'The Nursery Shelf','Books with a map or a rabbit in the front.','',1,0,4,4),
(14,13,'Alice in Wonderland','Both Alices. Mind the step.','',0,1,1,1),
(15,13,'Treasure Island','Pieces of eight.','',0,1,2,2),
(16,13,'Fairy Tales','Grimm, Perrault and the rest. / Auch auf Deutsch.','',0,1,3,1);
/*!40000 ALTER TABLE `saltwick_fanfiction_categories` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_challenges`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_challenges`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_challenges` (
  `chalid` int(11) NOT NULL auto_increment,
  `challenger` varchar(200) NOT NULL default '',
  `uid` int(11) NOT NULL default '0',
  `title` varchar(250) NOT NULL default '',
  `catid` varchar(200) NOT NULL default '',
  `characters` varchar(200) NOT NULL default '',
  `summary` text NOT NULL,
  `responses` int(11) NOT NULL default '0',
  PRIMARY KEY  (`chalid`),
  KEY `title` (`catid`),
  KEY `uid` (`uid`)
) ENGINE=MyISAM AUTO_INCREMENT=3 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_challenges`
--

LOCK TABLES `saltwick_fanfiction_challenges` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_challenges` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_challenges` VALUES
(1,'Quillfeather',9,'The Object Speaks','-1','','Tell a story you know from the point of view of a thing, a beast, or an article of furniture. It may be wise, or it may be a hat-stand.',3),
(2,'Half Agony',4,'Unsent','3,6,8,10','','Somebody wrote a letter and did not send it. Show us the letter. Better still, show us why not.',2);
/*!40000 ALTER TABLE `saltwick_fanfiction_challenges` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_chapters`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_chapters`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_chapters` (
  `chapid` int(11) NOT NULL auto_increment,
  `title` varchar(250) NOT NULL default '',
  `inorder` int(11) NOT NULL default '0',
  `notes` text,
  `storytext` text,
  `endnotes` text,
  `validated` char(1) NOT NULL default '0',
  `wordcount` int(11) NOT NULL default '0',
  `rating` tinyint(4) NOT NULL default '0',
  `reviews` smallint(6) NOT NULL default '0',
  `sid` int(11) NOT NULL default '0',
  `uid` int(11) NOT NULL default '0',
  `count` int(11) NOT NULL default '0',
  PRIMARY KEY  (`chapid`),
  KEY `sid` (`sid`),
  KEY `uid` (`uid`),
  KEY `inorder` (`inorder`),
  KEY `title` (`title`),
  KEY `validated` (`validated`),
  KEY `forstoryblock` (`sid`,`validated`)
) ENGINE=MyISAM AUTO_INCREMENT=61 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_chapters`
--

LOCK TABLES `saltwick_fanfiction_chapters` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_chapters` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_chapters` VALUES
(1,'Arrivals',1,'','','','1',513,10,1,1,1,2210),
(2,'Cargo',2,'',NULL,'','1',525,10,1,1,1,1105),
(3,'Dues Owing',3,'The long one. Read it with the lamp on.','','','1',478,10,1,1,1,736),
(4,'Departures',4,'',NULL,'Harry Thirlwell is mine. The dog is Mr Stoker\'s, and I have never forgiven him for it.','1',552,10,2,1,1,552),
(5,'The Ferryman\'s Change',1,'','','','1',778,10,3,2,3,1875),
(6,'In which a hat-stand is gracious',1,'',NULL,'','1',591,10,2,3,4,1402),
(8,'The Second Kettle',1,'',NULL,'','1',694,10,2,5,2,1990),
(9,'Miss Mary\'s Subscription',1,'','','','1',672,10,2,6,4,1764),
(10,'Item, One Purse',1,'',NULL,'','1',557,9,1,7,5,2540),
(11,'Item, One Bishop',2,'','','','1',453,10,1,7,5,1270),
(12,'Item, One Arrow, Silver',3,'',NULL,'','1',486,0,0,7,5,846),
(13,'Item, One Clerk',4,'','','','1',449,10,1,7,5,635),
(14,'Item, Nothing',5,'',NULL,'','1',461,0,0,7,5,508),
(15,'The Balance',6,'','','Appendix to follow, for those who like an appendix. I like an appendix.','1',550,10,2,7,5,423),
(16,'Appendix: The Rolls of Account',7,'',NULL,'','1',611,0,0,7,5,362),
(17,'Ariadne, Naxos',1,'','','','1',327,10,1,8,3,988),
(18,'Five Past',1,'',NULL,'','1',624,10,2,9,9,1655),
(19,'The Third Time',1,'','','','1',623,10,2,10,11,1120),
(20,'A Customer for Yesterday',1,'',NULL,'','1',496,10,1,11,2,3127),
(21,'The Surveyor\'s Mark',2,'','','','1',551,10,1,11,2,1563),
(22,'Mrs. Hudson Asks a Question',3,'',NULL,'','1',499,10,1,11,2,1042),
(23,'Almond Row',4,'With thanks to Tidewrack, who walked it with me in the rain.','','','1',602,10,1,11,2,781),
(24,'What Is Left Off',5,'',NULL,'','1',612,10,2,11,2,625),
(25,'Warp',1,'','','','1',478,0,0,13,3,2078),
(26,'Weft',2,'',NULL,'','1',528,9,1,13,3,1039),
(27,'Thrums',3,'','','A thrum is what is left on the loom when the cloth is cut away. You cannot weave with it. You cannot throw it out.','1',521,10,1,13,3,692),
(28,'Apple Barrel',1,'',NULL,'','1',777,10,2,14,6,1333),
(29,'The First Sunday',1,'','','','1',500,0,0,15,10,1540),
(30,'The Second Sunday',2,'',NULL,'','1',537,10,1,15,10,770),
(31,'The Last',3,'','','','1',640,10,1,15,10,513),
(32,'The Steersman of Astolat',1,'',NULL,'','1',734,10,1,16,11,905),
(33,'Mina\'s Machine',1,'','','','1',757,10,2,17,1,1477),
(34,'Was der Spiegel sah',1,'',NULL,'','1',450,10,1,18,8,760),
(35,'Off Finisterre, 1808',1,'','','','1',317,0,0,19,4,2980),
(36,'Gibraltar, 1810',2,'',NULL,'','1',414,9,1,19,4,1490),
(37,'Uppercross, 1814',3,'','','','1',412,10,1,19,4,993),
(38,'The White Hart, a quarter past two',4,'',NULL,'The fifth letter you have already read.','1',436,10,1,19,4,745),
(39,'Eurydice Counts',1,'','','','1',495,10,1,20,3,1211),
(40,'Particulars',1,'',NULL,'','1',446,10,2,21,9,2304),
(41,'De Lacey\'s Firewood',1,'','','','1',559,10,1,22,6,1389),
(42,'The Varna Clerk',1,'',NULL,'','1',556,9,1,23,7,1096),
(43,'Much Keeps the Tally',1,'','','','1',446,10,1,24,5,1180),
(44,'Sworn at Bristol',1,'',NULL,'','1',412,10,1,25,9,1522),
(45,'A Matter of Hens',1,'','','','1',485,10,1,26,10,1015),
(46,'The Beekeeper\'s Objection',1,'',NULL,'','1',413,10,2,27,2,1630),
(47,'Timber',1,'','','','1',558,9,1,28,6,1250),
(48,'Sounding',2,'',NULL,'','1',565,10,1,28,6,625),
(49,'Short Rations',3,'','','More when I have more. -- L.R.','1',568,10,2,28,6,416),
(52,'The beginning',1,'',NULL,'','0',53,0,0,31,5,2);
/*!40000 ALTER TABLE `saltwick_fanfiction_chapters` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_characters`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_characters`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_characters` (
  `charid` int(11) NOT NULL auto_increment,
  `catid` int(11) NOT NULL default '0',
  `charname` varchar(60) NOT NULL default '',
  `bio` text NOT NULL,
  `image` varchar(200) NOT NULL default '',
  PRIMARY KEY  (`charid`),
  KEY `catid` (`catid`),
  KEY `charname` (`charname`)
) ENGINE=MyISAM AUTO_INCREMENT=62 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_characters`
--

LOCK TABLES `saltwick_fanfiction_characters` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_characters` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_characters` VALUES
(1,2,'Sherlock Holmes','',''),
(2,2,'John Watson','',''),
(3,2,'Mrs Hudson','',''),
(4,2,'Wiggins','Of the Irregulars.',''),
(5,2,'Mycroft Holmes','',''),
(6,3,'Mina Harker','',''),
(7,3,'Jonathan Harker','',''),
(8,3,'Dracula','',''),
(9,3,'Lucy Westenra','',''),
(10,3,'Abraham Van Helsing','',''),
(11,4,'The Creature','',''),
(12,4,'Victor Frankenstein','',''),
(13,4,'Robert Walton','',''),
(14,4,'De Lacey','The old man at the cottage.',''),
(15,4,'Agatha De Lacey','',''),
(16,5,'Grace Poole','',''),
(17,5,'Bertha Mason','',''),
(18,5,'Jane Eyre','',''),
(19,5,'Adele Varens','',''),
(20,7,'Mary Bennet','',''),
(21,7,'Mr Collins','',''),
(22,7,'Charlotte Lucas','',''),
(23,7,'Mr Bennet','',''),
(24,8,'Anne Elliot','',''),
(25,8,'Frederick Wentworth','',''),
(26,8,'Sophia Croft','',''),
(27,8,'Admiral Croft','',''),
(28,8,'James Benwick','',''),
(29,10,'Penelope','',''),
(30,10,'Odysseus','',''),
(31,10,'Ariadne','',''),
(32,10,'Charon','',''),
(33,10,'Eurydice','',''),
(34,10,'Orpheus','',''),
(35,10,'Daedalus','',''),
(36,10,'The Minotaur','Asterion, if you are being civil.',''),
(37,10,'Telemachus','',''),
(38,11,'Bedivere','',''),
(39,11,'King Arthur','',''),
(40,11,'Elaine of Astolat','',''),
(41,11,'Lancelot','',''),
(42,11,'The Green Knight','',''),
(43,11,'Gawain','',''),
(44,12,'Robin Hood','',''),
(45,12,'Maid Marian','',''),
(46,12,'Sheriff of Nottingham','',''),
(47,12,'Much the Miller\'s Son','',''),
(48,12,'Little John','',''),
(49,12,'Friar Tuck','',''),
(50,14,'The Hatter','',''),
(51,14,'Alice','',''),
(52,14,'The March Hare','',''),
(53,14,'The Dormouse','',''),
(54,15,'Jim Hawkins','',''),
(55,15,'Long John Silver','',''),
(56,15,'Captain Flint (parrot)','',''),
(57,15,'Ben Gunn','',''),
(58,16,'The Magic Mirror','',''),
(59,16,'Snow White','',''),
(60,16,'The Evil Queen','',''),
(61,-1,'Original Character(s)','Everybody else.','');
/*!40000 ALTER TABLE `saltwick_fanfiction_characters` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_classes`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_classes`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_classes` (
  `class_id` int(11) NOT NULL auto_increment,
  `class_type` int(11) NOT NULL default '0',
  `class_name` varchar(100) NOT NULL default '',
  PRIMARY KEY  (`class_id`),
  KEY `byname` (`class_type`,`class_name`,`class_id`)
) ENGINE=MyISAM AUTO_INCREMENT=40 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_classes`
--

LOCK TABLES `saltwick_fanfiction_classes` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_classes` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_classes` VALUES
(1,1,'General'),
(2,1,'Humour'),
(3,1,'Mystery'),
(4,1,'Horror'),
(5,1,'Romance'),
(6,1,'Hurt/Comfort'),
(7,1,'Epistolary'),
(8,1,'Drama'),
(9,1,'Poetry'),
(10,1,'Script'),
(11,1,'Friendship'),
(12,1,'Adventure'),
(13,1,'Family'),
(14,1,'Angst'),
(20,2,'Violence'),
(21,2,'Major Character Death'),
(22,2,'Disturbing Imagery'),
(23,2,'None'),
(30,3,'Anne Elliot/Frederick Wentworth'),
(31,3,'Mary Bennet/Original Character'),
(32,3,'Charlotte Lucas/Mr Collins'),
(33,3,'Penelope/Odysseus'),
(34,3,'Mina Harker/Jonathan Harker'),
(35,3,'Ariadne/Dionysus'),
(36,3,'Eurydice/Orpheus'),
(37,3,'Robin Hood/Maid Marian'),
(38,3,'Admiral Croft/Sophia Croft'),
(39,3,'Sherlock Holmes & John Watson');
/*!40000 ALTER TABLE `saltwick_fanfiction_classes` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_classtypes`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_classtypes`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_classtypes` (
  `classtype_id` int(11) NOT NULL auto_increment,
  `classtype_name` varchar(50) NOT NULL default '',
  `classtype_title` varchar(50) NOT NULL default '',
  PRIMARY KEY  (`classtype_id`),
  UNIQUE KEY `classtype_name` (`classtype_name`)
) ENGINE=MyISAM AUTO_INCREMENT=4 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_classtypes`
--

LOCK TABLES `saltwick_fanfiction_classtypes` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_classtypes` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_classtypes` VALUES
(1,'genres','Genres'),
(2,'warnings','Warnings'),
(3,'pairings','Pairings');
/*!40000 ALTER TABLE `saltwick_fanfiction_classtypes` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_coauthors`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_coauthors`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_coauthors` (
  `sid` int(11) NOT NULL default '0',
  `uid` int(11) NOT NULL default '0',
  PRIMARY KEY  (`sid`,`uid`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_coauthors`
--

LOCK TABLES `saltwick_fanfiction_coauthors` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_coauthors` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_coauthors` VALUES
(17,7),
(21,3);
/*!40000 ALTER TABLE `saltwick_fanfiction_coauthors` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_codeblocks`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_codeblocks`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_codeblocks` (
  `code_id` int(11) NOT NULL auto_increment,
  `code_text` text NOT NULL,
  `code_type` varchar(20) default NULL,
  `code_module` varchar(60) default NULL,
  PRIMARY KEY  (`code_id`),
  KEY `code_type` (`code_type`)
) ENGINE=MyISAM AUTO_INCREMENT=2 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_codeblocks`
--

LOCK TABLES `saltwick_fanfiction_codeblocks` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_codeblocks` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_codeblocks` VALUES
(1,'include(_BASEDIR.\"modules/challenges/storyblock.php\");','storyblock','challenges');
/*!40000 ALTER TABLE `saltwick_fanfiction_codeblocks` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_comments`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_comments`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_comments` (
  `cid` int(11) NOT NULL auto_increment,
  `nid` int(11) NOT NULL default '0',
  `uid` int(11) NOT NULL default '0',
  `comment` text NOT NULL,
  `time` datetime NOT NULL default '0000-00-00 00:00:00',
  PRIMARY KEY  (`cid`),
  KEY `commentlist` (`nid`,`time`)
) ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_comments`
--

LOCK TABLES `saltwick_fanfiction_comments` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_comments` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_comments` VALUES
(1,2,9,'I accept no responsibility for what I have started.','2004-10-02 21:14:00'),
(2,2,6,'Is a parrot a thing?','2004-10-03 07:01:00'),
(3,2,9,'A parrot is a witness. That is <i>quite</i> different. (Leave it with me.)','2004-10-03 07:40:00'),
(4,3,3,'Thank you for keeping hold of the other end of the string.','2011-11-06 20:02:00'),
(5,3,2,'Mrs. H. sends a cake. I am instructed to say that it travels.','2011-11-07 08:15:00'),
(6,3,13,'I never wrote a word here and I do not know what I shall do on Tuesdays.','2011-11-09 10:30:00');
/*!40000 ALTER TABLE `saltwick_fanfiction_comments` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_favorites`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_favorites`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_favorites` (
  `uid` int(11) NOT NULL default '0',
  `item` int(11) NOT NULL default '0',
  `type` char(2) NOT NULL default '',
  `comments` text NOT NULL,
  UNIQUE KEY `byitem` (`item`,`type`,`uid`),
  UNIQUE KEY `byuid` (`uid`,`type`,`item`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_favorites`
--

LOCK TABLES `saltwick_fanfiction_favorites` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_favorites` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_favorites` VALUES
(13,11,'ST','For rainy Tuesdays.'),
(13,19,'ST',''),
(13,4,'AU','The edge of the room is where I sit, too.'),
(14,21,'ST','Read aloud at work. Was asked to stop.'),
(14,9,'AU',''),
(17,7,'ST','The rolls! The ROLLS!'),
(17,24,'ST',''),
(2,15,'ST','She knows how a house works.'),
(3,16,'ST',''),
(3,3,'SE','I am allowed to like my own shelf.'),
(4,9,'ST',''),
(7,18,'ST','Ein Hund!'),
(9,6,'ST','A hat-stand. I said so and I was right.'),
(11,2,'ST','Just in case of fish.'),
(1,4,'SE',''),
(8,3,'AU','Wegen der Schnur.');
/*!40000 ALTER TABLE `saltwick_fanfiction_favorites` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_inseries`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_inseries`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_inseries` (
  `seriesid` int(11) NOT NULL default '0',
  `sid` int(11) NOT NULL default '0',
  `subseriesid` int(11) NOT NULL default '0',
  `confirmed` int(11) NOT NULL default '0',
  `inorder` int(11) NOT NULL default '0',
  PRIMARY KEY  (`sid`,`seriesid`,`subseriesid`),
  KEY `seriesid` (`seriesid`,`inorder`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_inseries`
--

LOCK TABLES `saltwick_fanfiction_inseries` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_inseries` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_inseries` VALUES
(1,5,0,1,1),
(1,11,0,1,2),
(1,27,0,1,3),
(2,1,0,1,1),
(2,23,0,1,2),
(2,17,0,1,3),
(3,13,0,1,1),
(3,2,0,1,2),
(3,8,0,1,3),
(3,20,0,1,4),
(4,0,2,1,1),
(4,14,0,1,2),
(4,16,0,1,3),
(4,2,0,1,4);
/*!40000 ALTER TABLE `saltwick_fanfiction_inseries` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_log`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_log`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_log` (
  `log_id` int(11) NOT NULL auto_increment,
  `log_action` varchar(255) default NULL,
  `log_uid` int(11) NOT NULL,
  `log_ip` int(11) unsigned default NULL,
  `log_timestamp` timestamp NOT NULL default CURRENT_TIMESTAMP,
  `log_type` varchar(2) NOT NULL,
  PRIMARY KEY  (`log_id`)
) ENGINE=MyISAM AUTO_INCREMENT=4 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_log`
--

LOCK TABLES `saltwick_fanfiction_log` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_log` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_log` VALUES
(1,'<a href=\"viewuser.php?uid=1\">Tidewrack</a> updated the site settings.',1,2130706433,'2011-10-30 20:01:12','AM'),
(2,'<a href=\"viewuser.php?uid=21\">cheap-watches-4u</a> was locked by Tidewrack.',1,2130706433,'2010-12-24 09:05:40','LP'),
(3,'Tidewrack edited message <b>closing</b>.',1,2130706433,'2011-11-06 18:44:03','AM');
/*!40000 ALTER TABLE `saltwick_fanfiction_log` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_messages`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_messages`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_messages` (
  `message_id` int(11) NOT NULL auto_increment,
  `message_name` varchar(50) NOT NULL default '',
  `message_title` varchar(200) NOT NULL default '',
  `message_text` text NOT NULL,
  PRIMARY KEY  (`message_id`),
  KEY `message_name` (`message_name`)
) ENGINE=MyISAM AUTO_INCREMENT=8 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_messages`
--

LOCK TABLES `saltwick_fanfiction_messages` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_messages` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_messages` VALUES
(1,'welcome','Welcome','Welcome to <b>Saltwick Archive</b>: fan fiction for books old enough to be everybody\'s. Pull up a fish box.'),
(2,'copyright','Footer','The worlds are in the public domain; the stories belong to those who wrote them.'),
(3,'about','About Saltwick','<p>Saltwick Nab is a spit of shale a mile down the coast from Whitby, where for two hundred years they dug alum and shipped it away, and where nothing is left of the works now but a few posts that show at low water. It seemed a good name for a library.</p>\n<p>This archive was begun in March 2001 by two people with one telephone line between them. It takes fan fiction of any length for any book, ballad or myth old enough to be out of copyright. Crossovers are welcome. So is whatever you were afraid was too odd.</p>\n<p>Questions go to the keeper, at keeper@saltwick-archive.example. She reads them on Sundays.</p>'),
(4,'rules','The Rules','<ol>\n<li>Rate your story. If in doubt, rate it up.</li>\n<li>Warn for violence and for death. Nobody likes to be ambushed by a funeral.</li>\n<li>Nothing explicit. There are other archives; this is the one with the tea.</li>\n<li>Spell the hero\'s name correctly. (It is <i>Bennet</i>. One T.)</li>\n<li>Be kind in reviews. If you cannot be kind, be brief.</li>\n</ol>'),
(5,'help','Help','<p><b>How do I post a story?</b> Log in, choose <i>Account Info</i>, then <i>Add Story</i>. Paste it in, or upload a text or HTML file. If your quotation marks turn into small hats, you are pasting from a word processor; send it to the keeper and she will get the hats off.</p>\n<p><b>Why has my story not appeared?</b> A human being reads each new author\'s first story before it goes up. On the whole she is quick. In herring season she is less quick.</p>\n<p><b>Can I reply to a review?</b> Yes: once, so make it count.</p>'),
(6,'tos','Terms of Service','You must be thirteen, you must have written it, and you may take it down again whenever you like.'),
(7,'thankyou','Thank you','Your story has been received and will be read by a human being.');
/*!40000 ALTER TABLE `saltwick_fanfiction_messages` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_modules`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_modules`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_modules` (
  `id` int(11) NOT NULL auto_increment,
  `name` varchar(100) NOT NULL default 'Test Module',
  `version` varchar(10) NOT NULL default '1.0',
  PRIMARY KEY  (`id`),
  KEY `name_version` (`name`,`version`)
) ENGINE=MyISAM AUTO_INCREMENT=2 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_modules`
--

LOCK TABLES `saltwick_fanfiction_modules` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_modules` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_modules` VALUES
(1,'Challenges','1.2');
/*!40000 ALTER TABLE `saltwick_fanfiction_modules` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_news`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_news`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_news` (
  `nid` int(11) NOT NULL auto_increment,
  `author` varchar(60) NOT NULL default '',
  `title` varchar(255) NOT NULL default '',
  `story` text NOT NULL,
  `time` datetime NOT NULL default '0000-00-00 00:00:00',
  `comments` int(11) NOT NULL default '0',
  PRIMARY KEY  (`nid`)
) ENGINE=MyISAM AUTO_INCREMENT=4 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_news`
--

LOCK TABLES `saltwick_fanfiction_news` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_news` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_news` VALUES
(1,'Tidewrack','We are open','Saltwick Archive is open, with four stories, two authors and a borrowed scanner. Mind the wet paint.','2001-03-04 20:30:00',0),
(2,'Tidewrack','The Object Speaks: a challenge','Quillfeather has set us a challenge, and it is a good one: tell it from the point of view of a <i>thing</i>. Closing date is when we run out of things. See the Challenges page.','2004-10-02 19:05:00',3),
(3,'Tidewrack','Low water','<p>I have put this off since the spring. The host is closing its doors at the end of the year, I have not the hours to move us a fourth time, and the archive will go dark with it.</p><p>Nothing will be lost if I can help it. Every story, every note and every kind word goes into a box, and the box stays with me until someone has a shelf for it. If you would like yours taken out, write, and I will take it out.</p><p>Ten years and eight months. It was the best company I ever kept. Leave a lamp on.</p>','2011-11-06 18:50:00',3);
/*!40000 ALTER TABLE `saltwick_fanfiction_news` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_online`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_online`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_online` (
  `online_uid` int(11) NOT NULL default '0',
  `online_ip` int(11) unsigned NOT NULL default '0',
  `online_timestamp` int(11) NOT NULL default '0'
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_online`
--

LOCK TABLES `saltwick_fanfiction_online` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_online` DISABLE KEYS */;
/*!40000 ALTER TABLE `saltwick_fanfiction_online` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_pagelinks`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_pagelinks`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_pagelinks` (
  `link_id` int(11) NOT NULL auto_increment,
  `link_name` varchar(50) NOT NULL default '',
  `link_text` varchar(100) NOT NULL default '',
  `link_key` char(1) default NULL,
  `link_url` varchar(250) NOT NULL default '',
  `link_target` char(1) NOT NULL default '0',
  `link_access` tinyint(4) NOT NULL default '0',
  PRIMARY KEY  (`link_id`),
  KEY `link_name` (`link_name`)
) ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_pagelinks`
--

LOCK TABLES `saltwick_fanfiction_pagelinks` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_pagelinks` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_pagelinks` VALUES
(1,'home','Home','h','index.php','0',0),
(2,'browse','Browse','b','browse.php','0',0),
(3,'about','About','a','viewpage.php?page=about','0',0),
(4,'rules','Rules','r','viewpage.php?page=rules','0',0),
(5,'help','Help','?','viewpage.php?page=help','0',0),
(6,'rss','RSS','x','rss.php','0',0);
/*!40000 ALTER TABLE `saltwick_fanfiction_pagelinks` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_panels`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_panels`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_panels` (
  `panel_id` int(11) NOT NULL auto_increment,
  `panel_name` varchar(50) NOT NULL default 'unknown',
  `panel_title` varchar(100) NOT NULL default 'Unnamed Panel',
  `panel_url` varchar(100) default NULL,
  `panel_level` tinyint(4) NOT NULL default '3',
  `panel_order` tinyint(4) NOT NULL default '0',
  `panel_hidden` tinyint(1) NOT NULL default '0',
  `panel_type` varchar(20) NOT NULL default 'A',
  PRIMARY KEY  (`panel_id`),
  KEY `panel_type` (`panel_type`,`panel_name`)
) ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_panels`
--

LOCK TABLES `saltwick_fanfiction_panels` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_panels` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_panels` VALUES
(1,'categories','Categories','',0,1,0,'B'),
(2,'characters','Characters','',0,2,0,'B'),
(3,'titles','Titles','',0,3,0,'B'),
(4,'series','Series','',0,4,0,'B'),
(5,'challenges','Challenges','modules/challenges/browse.php',0,5,0,'B'),
(6,'settings','Settings','',1,1,0,'A');
/*!40000 ALTER TABLE `saltwick_fanfiction_panels` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_poll`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_poll`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_poll` (
  `poll_id` int(11) NOT NULL auto_increment,
  `poll_question` varchar(250) NOT NULL,
  `poll_opts` text NOT NULL,
  `poll_start` datetime NOT NULL default '0000-00-00 00:00:00',
  `poll_end` datetime NOT NULL default '0000-00-00 00:00:00',
  `poll_results` varchar(250) default NULL,
  PRIMARY KEY  (`poll_id`)
) ENGINE=MyISAM AUTO_INCREMENT=2 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_poll`
--

LOCK TABLES `saltwick_fanfiction_poll` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_poll` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_poll` VALUES
(1,'Which tide do you read by?','Flood|#|Ebb|#|Slack water','2011-09-01 00:00:00','2011-11-01 00:00:00','14#7#22');
/*!40000 ALTER TABLE `saltwick_fanfiction_poll` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_poll_votes`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_poll_votes`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_poll_votes` (
  `vote_id` int(11) NOT NULL auto_increment,
  `vote_user` int(11) NOT NULL default '0',
  `vote_opt` int(11) NOT NULL default '0',
  `vote_poll` int(11) NOT NULL default '0',
  PRIMARY KEY  (`vote_id`),
  KEY `vote_user` (`vote_user`,`vote_poll`)
) ENGINE=MyISAM AUTO_INCREMENT=1 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_poll_votes`
--

LOCK TABLES `saltwick_fanfiction_poll_votes` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_poll_votes` DISABLE KEYS */;
/*!40000 ALTER TABLE `saltwick_fanfiction_poll_votes` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_ratings`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_ratings`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_ratings` (
  `rid` int(11) NOT NULL auto_increment,
  `rating` varchar(60) NOT NULL default '',
  `ratingwarning` char(1) NOT NULL default '0',
  `warningtext` text NOT NULL,
  PRIMARY KEY  (`rid`),
  KEY `rating` (`rating`)
) ENGINE=MyISAM AUTO_INCREMENT=5 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_ratings`
--

LOCK TABLES `saltwick_fanfiction_ratings` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_ratings` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_ratings` VALUES
(1,'G','0',''),
(2,'PG','0',''),
(3,'PG-13','0',''),
(4,'R','3','This story has been rated R by its author, for violence or dark themes. By going on you say that you are old enough to read it where you live.');
/*!40000 ALTER TABLE `saltwick_fanfiction_ratings` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_reviews`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_reviews`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_reviews` (
  `reviewid` int(11) NOT NULL auto_increment,
  `item` int(11) NOT NULL default '0',
  `chapid` int(11) NOT NULL default '0',
  `reviewer` varchar(60) NOT NULL default '0',
  `uid` int(11) NOT NULL default '0',
  `review` text NOT NULL,
  `date` datetime NOT NULL default '0000-00-00 00:00:00',
  `rating` int(11) NOT NULL default '0',
  `respond` char(1) NOT NULL default '0',
  `type` char(2) NOT NULL default '',
  PRIMARY KEY  (`reviewid`),
  KEY `chapid` (`chapid`),
  KEY `rating` (`rating`),
  KEY `respond` (`respond`),
  KEY `avgrating` (`type`,`item`,`rating`),
  KEY `byuid` (`uid`,`item`,`type`)
) ENGINE=MyISAM AUTO_INCREMENT=64 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_reviews`
--

LOCK TABLES `saltwick_fanfiction_reviews` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_reviews` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_reviews` VALUES
(4,1,1,'Mrs Hudsons Lodger',2,'Three people have told me to read a harbour log and I thought they were joking. \"I regret each of them\" is the best line about weather I have seen anywhere.<br><br><i>Author\'s Response: It is not easy being outshone by one\'s own deputy harbour master, but I am bearing up.</i>','2001-03-05 07:12:00',10,'1','ST'),
(5,1,2,'Penelope Unravels',3,'The boxes CAME UP TO THE REST. I have put the light back on.','2001-03-29 22:40:00',10,'0','ST'),
(6,5,8,'Tidewrack',1,'He put his hands behind his back and said he was baffled. That is the kindest Holmes I have ever met, and I believe in him completely.<br><br><i>Author\'s Response: I had a landlady once who could have run Scotland Yard. This one is hers.</i>','2001-04-09 10:10:00',10,'1','ST'),
(7,1,3,'Mrs Hudsons Lodger',2,'You ended it on the word Outward and a colon. I am a retired man of regular habits and I had to go for a walk.<br><br><i>Author\'s Response: I am sorry. I went for one as well.</i>','2001-05-13 09:03:00',10,'1','ST'),
(8,1,4,'Dorothea M',13,'I did not think that an invoice could make me cry. <i>There is no tariff.</i>','2001-05-13 20:15:00',10,'0','ST'),
(9,2,5,'Tidewrack',1,'I read this standing up, with my coat on, and was late. <i>Just in case of fish.</i><br><br><i>Author\'s Response: Worth being late for, I hope. Mind how you go.</i>','2001-06-11 08:02:00',10,'1','ST'),
(10,12,56,'Dorothea M',13,'I know that you mean to take this one down, and I understand why. I am glad to have read it first.','2001-08-14 20:00:00',8,'0','ST'),
(11,13,26,'Mrs Hudsons Lodger',2,'Amphinomus and his stool. He is so nearly a person. That is what is terrible about it.<br><br><i>Author\'s Response: Yes. He would have been quite a good neighbour. Thank you for noticing him; she did, too.</i>','2001-10-20 14:10:00',9,'1','ST'),
(12,13,27,'Tidewrack',1,'\"It wanted something on that side.\" Oh, well done. Well <i>done</i>.','2002-01-07 08:08:00',10,'0','ST'),
(13,6,9,'Dorothea M',13,'There was a shelf for being kept waiting. I want to live in it. I have been Mary at that desk, and nobody has ever written it down before.<br><br><i>Author\'s Response: I rather hoped that somebody had. Come back on a rainy Tuesday.</i>','2002-02-18 07:58:00',10,'1','ST'),
(14,7,10,'Penelope Unravels',3,'The small man standing next to a birch. I have gone quite soft over an audit.<br><br><i>Author\'s Response: This is how it starts. Next you will be wanting double entry.</i>','2002-05-31 09:00:00',9,'1','ST'),
(15,7,11,'Dorothea M',13,'I have nothing to say except <i>Resting</i>.','2002-08-11 19:20:00',10,'0','ST'),
(16,11,20,'Tidewrack',1,'Robbed of a street! With a bend in it! You have been saving that one up, haven\'t you?<br><br><i>Author\'s Response: Since 1971, when I drew one.</i>','2002-11-03 09:30:00',10,'1','ST'),
(17,11,21,'Dorothea M',13,'I was perfectly satisfied with the solution and so was Holmes. Then Watson stayed upstairs. This is why one has a Watson.','2002-11-24 11:00:00',10,'0','ST'),
(18,7,13,'Tidewrack',1,'He counted the marks. You have been making me laugh for three chapters in order to put me in that pit, and I did not see you digging it.','2002-12-01 20:40:00',10,'0','ST'),
(19,11,22,'Half Agony',4,'Where did she write <i>to</i>. I shrieked. The tray!','2002-12-15 10:44:00',10,'0','ST'),
(20,11,23,'Lachlan Reeve',6,'He paid a penny to look at the outside. I had to put the machine off and see to the dog for a bit.<br><br><i>Author\'s Response: I know the clerk who told me about the pig. That one is true.</i>','2003-01-19 21:50:00',10,'1','ST'),
(21,11,24,'Tidewrack',1,'<i>It is an address.</i> Featured, and it can stay there.','2003-02-08 12:00:00',10,'0','ST'),
(22,11,24,'A. Postman (retd.)',0,'I was a letter sorter at Mount Pleasant, thirty years. You\'ve got us right. We none of us liked to send one back.<br><br><i>Author\'s Response: Sir, you have made my winter. If there was ever a card in your window, I should be glad to hear of it.</i>','2003-02-08 22:16:00',10,'1','ST'),
(23,14,28,'Mrs Hudsons Lodger',2,'He had not so much as troubled to alter the words. That\'s the whole of Silver in a sentence.<br><br><i>Author\'s Response: Thank you. I sailed under one like him. I still have his knife.</i>','2003-03-02 05:55:00',10,'1','ST'),
(24,7,15,'Quillfeather',9,'\"There was such a quantity more on the one than on the other.\" I would like this read at my funeral, or failing that, my annual review.<br><br><i>Author\'s Response: I have already put you down for it, under Query.</i>','2003-03-26 08:00:00',10,'1','ST'),
(25,8,17,'blackletter_bess',11,'Goes taut, goes slack, goes taut. I read the end aloud to an empty kitchen.','2003-07-22 06:40:00',10,'0','ST'),
(26,23,42,'Tidewrack',1,'I have a harbour log here in which a telegram from Varna arrives, and is filed. I shall have to go and see what they did with it. Brr.<br><br><i>Author\'s Response: I knew that you would find the other end of it! Marcel is so glad.</i>','2003-11-01 00:30:00',9,'1','ST'),
(27,22,41,'Mrs Hudsons Lodger',2,'I hope they do not hurry back. Oh, Reeve.<br><br><i>Author\'s Response: I know.</i>','2003-12-07 08:30:00',10,'1','ST'),
(28,17,33,'Dorothea M',13,'I should like it in evidence that I was not crying; the letters merely ran.<br><br><i>Author\'s Response: Nous aussi. (A.) We have it in triplicate. (T.)</i>','2004-03-01 08:45:00',10,'1','ST'),
(29,17,33,'Half Agony',4,'It was like the sea. Of course it was. Why has no one ever asked Lucy?','2004-03-03 19:30:00',10,'0','ST'),
(30,9,18,'Penelope Unravels',3,'He can hear <i>birds</i>. Here I was, laughing away, and you did that.<br><br><i>Author\'s Response: I am most awfully sorry. It got in under the door.</i>','2004-04-06 18:30:00',9,'1','ST'),
(31,2,0,'Aurelie D',7,'One must read these in October, next to a radiator. And then read <i>Mina\'s Machine</i> twice, and I say so although I wrote the mornings.','2004-05-09 15:30:00',-1,'0','SE'),
(32,5,8,'salt and vinegar',14,'the cat with the look of a cat that has had bacon!!','2004-07-01 23:00:00',9,'0','ST'),
(33,25,44,'Lachlan Reeve',6,'I concede the parrot.<br><br><i>Author\'s Response: The parrot accepts a biscuit.</i>','2004-10-09 13:00:00',10,'1','ST'),
(34,14,28,'Quillfeather',9,'I have read this six times and have gone off apples.','2004-10-10 12:00:00',9,'0','ST'),
(35,3,6,'Quillfeather',9,'A HAT-STAND. I set the challenge for this and did not know it. \"Sunday\" on the cuff made me choke on toast.<br><br><i>Author\'s Response: My mother wishes it known that she was not consulted, and neither was the hat-stand.</i>','2004-10-20 08:30:00',10,'1','ST'),
(36,3,6,'Ferrars Minor',10,'You made me <i>like</i> him. I shall never forgive you.','2004-10-22 21:01:00',10,'0','ST'),
(37,9,18,'Kaltwasser',8,'Sehr schön. Das Wort <i>draughty</i> habe ich nachgeschlagen und war glücklich.','2004-11-15 07:07:00',10,'0','ST'),
(38,18,34,'Aurelie D',7,'My German is four years of school and one of love, and I understood all of it. Un chien !<br><br><i>Author\'s Response: Danke. Der Hund dankt auch.</i>','2004-11-15 09:00:00',10,'1','ST'),
(39,24,43,'Quillfeather',9,'I have counted, and I make it that this is my Christmas present.','2004-12-25 07:15:00',10,'0','ST'),
(40,19,36,'Lachlan Reeve',6,'Never wrote home about the goat myself, but I ought to have. The surgeon forbidding him the use of reason is exactly how they talk.','2005-01-23 18:00:00',9,'0','ST'),
(41,19,37,'Dorothea M',13,'You put up your left hand and did it for yourself and dropped no note in the bass.<br />I have nothing clever to say. I come and read that line.','2005-02-12 11:11:00',10,'0','ST'),
(42,19,38,'Ferrars Minor',10,'I know that letter by heart, I know it is coming, I have known it since I was fourteen, and my hands shook.<br><br><i>Author\'s Response: Mine did, too. I had to go and eat something.</i>','2005-02-26 13:00:00',10,'1','ST'),
(43,21,40,'salt and vinegar',14,'\"Outside. There is understood to be one.\" I\'ve rented that flat<br><br><i>Author\'s Response: So have we all. Did you get the deposit back?</i>','2005-04-01 12:20:00',9,'1','ST'),
(44,21,40,'greenwood_clerk',5,'Came for the estate agent and stayed for the window. That was a low blow, you two, and I thank you for it.','2005-04-02 09:00:00',10,'0','ST'),
(45,6,9,'Ferrars Minor',10,'\"Returned with jam.\" Perfect. The bottom shelf is the most romantic object in this whole archive.','2005-08-01 17:17:00',10,'0','ST'),
(46,15,30,'Penelope Unravels',3,'She asked her <i>name</i>. In the middle of doing her hair. I do not think anyone in that whole house ever did.','2005-08-21 10:00:00',10,'0','ST'),
(47,15,31,'Mrs Hudsons Lodger',2,'\"Well, she wouldn\'t.\" I have read the other book forty times. I shall have to begin again.<br><br><i>Author\'s Response: Begin with the window. I always do.</i>','2005-09-12 07:30:00',10,'1','ST'),
(48,2,5,'blackletter_bess',11,'She sorted his change box. She SORTED his CHANGE BOX. I am fine.','2006-03-01 12:20:00',10,'0','ST'),
(49,10,19,'Penelope Unravels',3,'<i>I can do this for years.</i> I have taught this passage for a decade and I have never once asked what he was thinking on the way back up the beach. I shall on Monday.<br><br><i>Author\'s Response: Tell them from me that they should be kind about the thorn root.</i>','2006-03-12 09:55:00',10,'1','ST'),
(50,20,39,'blackletter_bess',11,'He did not doubt. He LISTENED. It has never made sense to me before today.','2006-05-01 08:20:00',10,'0','ST'),
(51,26,45,'Half Agony',4,'<i>Mrs C. sang.</i> We ought to swap notes; I believe that we have the same Mr Collins.<br><br><i>Author\'s Response: I think yours has the better hat-stand.</i>','2006-09-03 17:40:00',10,'1','ST'),
(52,3,0,'blackletter_bess',11,'Read all four in one sitting, on a train, and missed Crewe. They go round like the string itself.<br><br><i>Author\'s Response: Crewe is a labyrinth of another kind.</i>','2006-10-05 19:00:00',10,'1','SE'),
(53,16,32,'Lachlan Reeve',6,'Twenty mile with a frog in his pocket, so to speak. I laughed, and then I had something in my eye.<br><br><i>Author\'s Response: An oar, I expect.</i>','2007-05-20 09:09:00',10,'1','ST'),
(54,27,46,'Tidewrack',1,'\"I mention it merely as a fact about trains.\" Fifty years in the telegraph business, my father was, and he laughed until he had to sit.','2007-08-26 20:20:00',10,'0','ST'),
(55,10,19,'Mrs Hudsons Lodger',2,'\"It won\'t be a minute.\" Good God.','2007-08-27 10:15:00',10,'0','ST'),
(56,1,4,'Mr Tumbril',17,'The dog gets two pounds and somebody buried it properly. Thank you for that. Everyone forgets the dog.<br><br><i>Author\'s Response: Nobody who has met a coal merchant\'s dog forgets it.</i>','2007-10-02 18:00:00',10,'1','ST'),
(57,7,15,'Mr Tumbril',17,'Registered just to say this is my favourite story on the internet. Has anybody got the appendix? My browser says the page is blank.<br><br><i>Author\'s Response: It was always a bit blank, that one. I will look for the disk.</i>','2007-10-02 20:12:00',10,'1','ST'),
(58,28,47,'Penelope Unravels',3,'He <i>knocked back</i>. On a night when I was alone in the house, too.<br><br><i>Author\'s Response: There\'s no harm in him. It is the timber you want to watch.</i>','2008-01-21 07:45:00',9,'1','ST'),
(59,28,48,'salt and vinegar',14,'No Review','2008-03-30 12:00:00',10,'0','ST'),
(60,28,49,'Tidewrack',1,'HOW MANY ARE THERE IN THIS SHIP. Reeve, I am begging you.','2008-06-03 07:00:00',9,'0','ST'),
(61,2,5,'Pip',0,'I found this by looking up what an obol was for my homework. I am twelve. It was better than my homework.<br><br><i>Author\'s Response: That is the nicest thing anyone has said about me or homework. The coin went under the tongue; put that in.</i>','2009-05-04 16:45:00',9,'1','ST'),
(62,28,49,'Mr Tumbril',17,'Two years to the day. I have not stopped knocking.','2010-06-02 22:15:00',10,'0','ST'),
(63,27,46,'Dorothea M',13,'I came to read this one again before the lights go out. Thank you for the three fifteen.','2011-11-09 10:45:00',10,'0','ST');
/*!40000 ALTER TABLE `saltwick_fanfiction_reviews` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_series`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_series`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_series` (
  `seriesid` int(11) NOT NULL auto_increment,
  `title` varchar(200) NOT NULL default '',
  `summary` text NOT NULL,
  `uid` int(11) NOT NULL default '0',
  `isopen` tinyint(4) NOT NULL default '0',
  `catid` varchar(200) NOT NULL default '0',
  `rating` tinyint(4) NOT NULL default '0',
  `classes` varchar(200) NOT NULL default '',
  `characters` varchar(250) NOT NULL default '',
  `reviews` smallint(6) NOT NULL default '0',
  `numstories` int(11) NOT NULL default '0',
  `challenges` varchar(200) NOT NULL default '',
  PRIMARY KEY  (`seriesid`),
  KEY `catid` (`catid`),
  KEY `characters` (`characters`),
  KEY `classes` (`classes`),
  KEY `owner` (`uid`,`title`)
) ENGINE=MyISAM AUTO_INCREMENT=5 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_series`
--

LOCK TABLES `saltwick_fanfiction_series` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_series` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_series` VALUES
(1,'The Housekeeping Papers','Baker Street from the scullery up. They may be read in any order, as the post arrives.',2,0,'2',0,'3','3,1,2',0,3,''),
(2,'Whitby Papers','Logs, letters and depositions from the harbour, 1890 and after. Not one of them was meant to be read together.',1,0,'3',0,'4,7','6,8',1,3,''),
(3,'Shuttle and Oar','Those who waited, those who rowed, and one who changed her mind. Four views of the same sea.',3,0,'10',10,'8','29,32,31,33',1,4,''),
(4,'All the Shores There Are','An open shelf for stories of boats, beaches and crossings. Put yours on it. The <i>Whitby Papers</i> are moored here as well.',1,2,'',0,'','',0,3,'');
/*!40000 ALTER TABLE `saltwick_fanfiction_series` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_stats`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_stats`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_stats` (
  `sitekey` varchar(50) NOT NULL default '0',
  `stories` int(11) NOT NULL default '0',
  `chapters` int(11) NOT NULL default '0',
  `series` int(11) NOT NULL default '0',
  `reviews` int(11) NOT NULL default '0',
  `wordcount` int(11) NOT NULL default '0',
  `authors` int(11) NOT NULL default '0',
  `members` int(11) NOT NULL default '0',
  `reviewers` int(11) NOT NULL default '0',
  `newestmember` int(11) NOT NULL default '0'
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_stats`
--

LOCK TABLES `saltwick_fanfiction_stats` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_stats` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_stats` VALUES
('tidewrack01',26,49,4,60,25761,11,15,14,21);
/*!40000 ALTER TABLE `saltwick_fanfiction_stats` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_stories`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_stories`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_stories` (
  `sid` int(11) NOT NULL auto_increment,
  `title` varchar(200) NOT NULL default 'Untitled',
  `summary` text,
  `storynotes` text,
  `catid` varchar(100) NOT NULL default '0',
  `classes` varchar(200) NOT NULL default '0',
  `charid` varchar(250) NOT NULL default '0',
  `rid` varchar(25) NOT NULL default '0',
  `date` datetime NOT NULL default '0000-00-00 00:00:00',
  `updated` datetime NOT NULL default '0000-00-00 00:00:00',
  `uid` int(11) NOT NULL default '0',
  `coauthors` tinyint(1) NOT NULL default '0',
  `featured` char(1) NOT NULL default '0',
  `validated` char(1) NOT NULL default '0',
  `completed` char(1) NOT NULL default '0',
  `rr` char(1) NOT NULL default '0',
  `wordcount` int(11) NOT NULL default '0',
  `rating` tinyint(4) NOT NULL default '0',
  `reviews` smallint(6) NOT NULL default '0',
  `count` int(11) NOT NULL default '0',
  `challenges` varchar(200) NOT NULL default '0',
  PRIMARY KEY  (`sid`),
  KEY `title` (`title`),
  KEY `catid` (`catid`),
  KEY `charid` (`charid`),
  KEY `rid` (`rid`),
  KEY `uid` (`uid`),
  KEY `featured` (`featured`),
  KEY `completed` (`completed`),
  KEY `rr` (`rr`),
  KEY `validateduid` (`validated`,`uid`),
  KEY `recent` (`updated`,`validated`)
) ENGINE=MyISAM AUTO_INCREMENT=33 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_stories`
--

LOCK TABLES `saltwick_fanfiction_stories` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_stories` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_stories` VALUES
(1,'The Harbour Log','In August 1890 a Russian schooner ran into Whitby harbour with a dead man lashed to the wheel. The newspapers have told it. The man who kept the harbour log has not.','The dates are Mr Stoker\'s where I could bear them. The tides are Whitby\'s own, or near enough. I have rated it for what is in the sailcloth.','3','4,7,22,21','8,61','4','2001-03-04 20:40:00','2001-05-12 23:10:00',1,0,'2','1','1','0',2068,10,5,2210,'0'),
(2,'The Ferryman\'s Change','An obol is the fare. Hardly anyone has the right money.','','10','1,11,21','32,61','1','2001-06-10 21:00:00','2001-06-10 21:00:00',3,0,'2','1','1','0',778,10,3,1875,'0'),
(3,'Mr Collins Rehearses','A comedy in one scene, for two voices and a hat-stand.','The hat-stand was my mother\'s. It is gracious.','7','2,10,5,32','21,22','1','2004-10-19 17:45:00','2004-10-19 17:45:00',4,0,'0','1','1','0',591,10,2,1402,'1'),
(5,'The Second Kettle','Mrs. Hudson has had no adventures. She has had lodgers.','','2','3,6,11','3,1,4','1','2001-04-08 10:20:00','2001-04-08 10:20:00',2,0,'1','1','1','0',694,10,2,1990,'0'),
(6,'Miss Mary\'s Subscription','It was generally agreed in Meryton that Mary Bennet had been left over. Then somebody asked her what she would like to read.','','7','5,31,23','20,23,61','1','2002-02-17 15:00:00','2002-02-17 15:00:00',4,0,'0','1','1','0',672,10,2,1764,'0'),
(7,'The Sheriff\\\'s Clerk','Somebody has to write down what was stolen. Being the true account of Osbert of Southwell, clerk, who only ever wanted the columns to agree.','Michaelmas is the end of September and the beginning of all trouble.','12','2,12,23','46,44,45,48','2','2002-05-30 12:30:00','2003-03-25 18:00:00',5,0,'0','1','1','0',3567,10,5,2540,'0'),
(8,'Ariadne, Naxos','The morning after, with string.','Blank verse, more or less. The last line is meant to look like that.','10','9,14,35','31,36','1','2003-07-21 23:15:00','2003-07-21 23:15:00',3,0,'0','1','1','0',327,10,1,988,'0'),
(9,'The Hatter\'s Afternoon Off','It is always six o\'clock. Today, by arrangement, it is five past.','Contains one of every sort of scene break known to me. Feedback, corrections and spare hats to nan@quillfeather.example, please.','14','2,11','50,51,52,53','1','2004-04-06 16:00:00','2004-04-06 16:00:00',9,0,'0','1','1','0',624,10,2,1655,'0'),
(10,'Bedivere, the Third Time','\"What sawest thou there?\" said the king. Twice he said nothing but the waves. This is about the twice.','','11','8,14,21','38,39','3','2006-03-12 00:20:00','2006-03-12 00:20:00',11,0,'0','1','1','0',623,10,2,1120,'0'),
(11,'The Street That Was Not There','A map-seller has been robbed of a street. It is on last year\'s plan of London and not on this year\'s, and a lady is waiting at the end of it.','For everyone who has ever turned a map upside down to go south.','2','3,12,39,23','1,2,3,4','1','2002-11-02 09:15:00','2003-02-08 10:05:00',2,0,'1','1','1','0',2760,10,6,3127,'0'),
(13,'Nineteen Years, Eleven Months','Everyone knows what she wove. Nobody ever asks what was on it.','','10','8,5,33','29,30,37','2','2001-09-14 22:00:00','2002-01-06 21:30:00',3,0,'0','1','1','0',1527,10,2,2078,'0'),
(14,'Apple Barrel','Jim Hawkins keeps the Admiral Benbow now, and he does not keep apples. Then a boy asks him why.','','15','12,8,11','54,55','2','2003-03-01 06:30:00','2003-03-01 06:30:00',6,0,'0','1','1','0',777,10,2,1333,'0'),
(15,'Grace Poole\'s Sundays','One Sunday in the month Grace Poole went home. On the others, she and the lady had the house to themselves.','','5','8,6,11','16,17,18','3','2005-07-24 19:40:00','2005-09-11 18:10:00',10,0,'0','1','1','0',1677,10,2,1540,'0'),
(16,'The Steersman of Astolat','A dumb old man rowed her down to Camelot. He was not dumb. He had been asked not to say.','','11','8,21','40,41,61','2','2007-05-19 22:45:00','2007-05-19 22:45:00',11,0,'0','1','1','0',734,10,1,905,'0'),
(17,'Mina\'s Machine','Seven years after, Mrs Harker takes the cover off her typewriter to write to the person who canâ€™t answer. It is not, she says, â€œa proper letter.â€','Aurelie wrote the mornings and I wrote the nights. We had to stop and agree about the baby\'s name.','3','7,8,34','6,7,10','2','2004-02-29 20:00:00','2004-02-29 20:00:00',1,1,'0','1','1','0',757,10,2,1477,'2'),
(18,'Was der Spiegel sah','Ein Spiegel sagt aus. (Auf Deutsch.)','Die Zeichnung mit dem Hund ist von meiner Tochter.','16','8,1','58,59,60','1','2004-11-14 20:30:00','2004-11-14 20:30:00',8,0,'0','1','1','0',450,10,1,760,'1'),
(19,'Unsent, from the Laconia','Everybody remembers the letter Captain Wentworth sent. These are the four he did not.','','8','7,5,30,23','25,24,28','1','2005-01-15 12:00:00','2005-02-26 12:10:00',4,0,'1','1','1','0',1579,10,3,2980,'2'),
(20,'Eurydice Counts','Four hundred and eleven steps. She knows, because someone had to.','','10','14,8,36,21','33,34','3','2006-04-30 23:59:00','2006-04-30 23:59:00',3,0,'0','1','1','0',495,10,1,1211,'0'),
(21,'The Labyrinth, To Let','A substantial subterranean property in the heart of Knossos, benefiting from a sitting tenant.','Penelope supplied the bull. Quillfeather supplied the rest of it.','10','2,99','35,36','1','2005-04-01 12:00:00','2005-04-01 12:00:00',9,1,'0','1','1','0',446,10,2,2304,'0'),
(22,'De Lacey\'s Firewood','The old man is blind. He is not a fool. Somebody is stacking the wood.','','4','6,11,13','14,11,15','1','2003-12-06 08:00:00','2003-12-06 08:00:00',6,0,'0','1','1','0',559,10,1,1389,'0'),
(23,'The Varna Clerk','A shipping clerk at Varna is asked to pass fifty boxes of earth. He has one question, which he writes to his sister.','There is a little French in this one, because Marcel is French when he is frightened. So am I.','3','4,3,7','61,8','3','2003-10-31 23:00:00','2003-10-31 23:00:00',7,0,'0','1','1','0',556,9,1,1096,'0'),
(24,'Much Keeps the Tally','Christmas in the greenwood, and forty-one men, and nineteen blankets.','','12','11,2,6','47,48,44,49','1','2004-12-24 16:00:00','2004-12-24 16:00:00',5,0,'0','1','1','0',446,10,1,1180,'0'),
(25,'The Parrot\'s Deposition','Sworn at Bristol, upon a biscuit.','Mr Reeve asked whether a parrot is a thing. I reply.','15','2,10','56,55','2','2004-10-09 11:30:00','2004-10-09 11:30:00',9,0,'0','1','1','0',412,10,1,1522,'1'),
(26,'A Matter of Hens','Charlotte Collins has nine hens, one husband, and a small black notebook.','','7','1,11','22,21','1','2006-09-03 10:00:00','2006-09-03 10:00:00',10,0,'0','1','1','0',485,10,1,1015,'0'),
(27,'The Beekeeper\'s Objection','Sussex, 1911. Mr. Sherlock Holmes wishes it to be understood that he is not lonely. He has written eleven telegrams to say so.','','2','2,11,39','1,2','1','2007-08-26 11:00:00','2007-08-26 11:00:00',2,0,'0','1','1','0',413,10,2,1630,'0'),
(28,'The Ice Register','Captain Walton turned south. The ship\'s carpenter, who signed for every plank in her, is not convinced that they came home alone.','Work in progress. Six chapters, if the weather holds.','4','4,8,20','13,11,61','4','2008-01-20 07:10:00','2008-06-02 22:15:00',6,0,'0','1','0','0',1691,10,4,1250,'0'),
(31,'Untitled (DO NOT VALIDATE YET)','A thing about Marian. Will have a better summary when it has a middle.','','12','37','45','1','2011-10-28 23:40:00','2011-10-28 23:40:00',5,0,'0','0','0','0',53,0,0,2,'0');
/*!40000 ALTER TABLE `saltwick_fanfiction_stories` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_settings`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_settings`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_settings` (
  `sitekey` varchar(50) NOT NULL default '1',
  `sitename` varchar(200) NOT NULL default 'Your Site',
  `slogan` varchar(200) NOT NULL default 'It\'s a cool site!',
  `url` varchar(200) NOT NULL default 'http://www.yoursite.com',
  `siteemail` varchar(200) NOT NULL default 'you@yoursite.com',
  `tableprefix` varchar(50) NOT NULL default '',
  `skin` varchar(50) NOT NULL default 'default',
  `hiddenskins` varchar(255) default '',
  `language` varchar(10) NOT NULL default 'en',
  `submissionsoff` tinyint(1) NOT NULL default '0',
  `storiespath` varchar(20) NOT NULL default 'stories',
  `store` varchar(5) NOT NULL default 'files',
  `autovalidate` tinyint(1) NOT NULL default '0',
  `coauthallowed` int(1) NOT NULL default '0',
  `maxwords` int(11) NOT NULL default '0',
  `minwords` int(11) NOT NULL default '0',
  `imageupload` tinyint(1) NOT NULL default '0',
  `imageheight` int(11) NOT NULL default '200',
  `imagewidth` int(11) NOT NULL default '200',
  `roundrobins` tinyint(1) NOT NULL default '0',
  `allowseries` tinyint(4) NOT NULL default '2',
  `tinyMCE` tinyint(1) NOT NULL default '0',
  `allowed_tags` varchar(200) NOT NULL default '<b><i><u><center><hr><p><br /><br><blockquote><ol><ul><li><img><strong><em>',
  `favorites` tinyint(1) NOT NULL default '0',
  `multiplecats` tinyint(1) NOT NULL default '0',
  `newscomments` tinyint(1) NOT NULL default '0',
  `logging` tinyint(1) NOT NULL default '0',
  `maintenance` tinyint(1) NOT NULL default '0',
  `debug` tinyint(1) NOT NULL default '0',
  `captcha` tinyint(1) NOT NULL default '0',
  `dateformat` varchar(20) NOT NULL default 'd/m/y',
  `timeformat` varchar(20) NOT NULL default '- h:i a',
  `recentdays` tinyint(2) NOT NULL default '7',
  `displaycolumns` tinyint(1) NOT NULL default '1',
  `itemsperpage` tinyint(2) NOT NULL default '25',
  `extendcats` tinyint(1) NOT NULL default '0',
  `displayindex` tinyint(1) NOT NULL default '0',
  `defaultsort` tinyint(1) NOT NULL default '0',
  `displayprofile` tinyint(1) NOT NULL default '0',
  `linkstyle` tinyint(1) NOT NULL default '0',
  `linkrange` tinyint(2) NOT NULL default '5',
  `reviewsallowed` tinyint(1) NOT NULL default '0',
  `ratings` tinyint(1) NOT NULL default '0',
  `anonreviews` tinyint(1) NOT NULL default '0',
  `revdelete` tinyint(1) NOT NULL default '0',
  `rateonly` tinyint(1) NOT NULL default '0',
  `pwdsetting` tinyint(1) NOT NULL default '0',
  `alertson` tinyint(1) NOT NULL default '0',
  `disablepopups` tinyint(1) NOT NULL default '0',
  `agestatement` tinyint(1) NOT NULL default '0',
  `words` text,
  `version` varchar(10) NOT NULL default '3.5.3',
  `smtp_host` varchar(200) default NULL,
  `smtp_username` varchar(50) default NULL,
  `smtp_password` varchar(50) default NULL,
  PRIMARY KEY  (`sitekey`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_settings`
--

LOCK TABLES `saltwick_fanfiction_settings` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_settings` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_settings` VALUES
('tidewrack01','Saltwick Archive','Old books, new tides','http://www.saltwick-archive.example','keeper@saltwick-archive.example','saltwick_','saltwick','','en',1,'stories','files',0,1,0,0,0,200,200,0,2,1,'<b><i><u><center><hr><p><br /><br><blockquote><ol><ul><li><img><strong><em>',1,1,1,1,0,0,1,'d/m/y','- h:i a',30,1,15,1,0,1,1,2,4,1,1,1,1,0,1,1,0,0,'','3.5.3',NULL,NULL,NULL);
/*!40000 ALTER TABLE `saltwick_fanfiction_settings` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `saltwick_fanfiction_shoutbox`
--

DROP TABLE IF EXISTS `saltwick_fanfiction_shoutbox`;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8;
CREATE TABLE `saltwick_fanfiction_shoutbox` (
  `shout_id` smallint(5) unsigned NOT NULL auto_increment,
  `shout_name` varchar(50) NOT NULL default '',
  `shout_message` varchar(200) NOT NULL default '',
  `shout_datestamp` int(10) unsigned NOT NULL default '0',
  PRIMARY KEY  (`shout_id`)
) ENGINE=MyISAM AUTO_INCREMENT=4 DEFAULT CHARSET=latin1;
SET character_set_client = @saved_cs_client;

--
-- Dumping data for table `saltwick_fanfiction_shoutbox`
--

LOCK TABLES `saltwick_fanfiction_shoutbox` WRITE;
/*!40000 ALTER TABLE `saltwick_fanfiction_shoutbox` DISABLE KEYS */;
INSERT INTO `saltwick_fanfiction_shoutbox` VALUES
(1,'9','Has anybody got the kettle on',1318266000),
(2,'2','The iron one only.',1318266540),
(3,'A passing gull','ARK',1318270000);
/*!40000 ALTER TABLE `saltwick_fanfiction_shoutbox` ENABLE KEYS */;
UNLOCK TABLES;

/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2011-11-13 21:40:07
